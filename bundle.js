'use strict'
// Writes what register.js loads, from the sources, as few files; to find and to read a hundred would take as long as all the rest of a start.
// gate.js decides whether to trace, start.js has all that every start needs, patches/*.js have what comes with the libraries that they are for, engine.js what
// comes with the first of them, send.js what sends spans to a collector, live.js what autospan's own calls take. Whatever else is required inside of functions
// has a file of its own.
// The modules of a file share one scope, where a function is called by its name: V8 has less to read than if each were a function with exports of its own.
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { dirname, join, relative } = require('node:path')
const { build } = require('esbuild')
const { outlines } = require('./dist/patches/outlines.js')
const { version } = require('./package.json')

const DIST = join(__dirname, 'dist')
const OUTLINES = 'patches/outlines'
// As tsc writes an import.
const IMPORT = /^(?:const (\w+) = |var (\w+) = |)(?:__\w+\()?require\("(\.[^"]+)"\)/gm
const REQUIRE = /\brequire\('(\.[^']+)'\)/g

/** A module's name is its file below dist, without its ending. */
const nameOf = (from, path) => relative(DIST, require.resolve(join(DIST, dirname(from), path))).replaceAll('\\', '/').slice(0, -'.js'.length)
const textOf = name => name === OUTLINES ? '' : readFileSync(join(DIST, `${name}.js`), 'utf8')
/** What a module imports: of which, and what of it. */
function importsOf (name) {
  const text = textOf(name)
  return [...text.matchAll(IMPORT)].map(([, constant, variable, path]) => ({
    name: nameOf(name, path),
    keys: [...text.matchAll(new RegExp(`\\b${constant ?? variable}\\.(\\w+)`, 'g'))].map(([, key]) => key)
  }))
}
/** The modules that one requires inside of functions. */
const requiredBy = name => [...textOf(name).matchAll(REQUIRE)].map(([, path]) => path).filter(path => !path.endsWith('.json')).map(path => nameOf(name, path))

/** What is known of a patch that is not loaded, and how to load it. */
const outlineOf = patch => `${patch}: { whole: () => __load('patches/${patch}').${patch}, ${written({ ...outlines[patch], whole: undefined }).slice(2)}`
/** A value as text: data, symbols that everybody shares, and functions that know nothing but their arguments. */
function written (value) {
  if (typeof value === 'function') return String(value)
  if (typeof value === 'symbol') return `Symbol.for(${JSON.stringify(Symbol.keyFor(value))})`
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${written(value)}`).join(', ')} }`
}

// Every module's file. What several files need lies in the first of them.
const homes = new Map()
function put (file, names) {
  for (const name of names) {
    if (homes.has(name)) continue
    homes.set(name, file)
    put(file, importsOf(name).map(({ name }) => name))
  }
}
put('gate', ['src/gate'])
put('start', ['patches/start'])
// The queue is for the first span that ends.
put('engine', ['src/patch', 'src/tracing', 'src/hook/wrap', 'src/hook/version', 'src/export/batch'])
put('send', ['src/export/exporters', 'src/export/otlp', 'src/export/transport'])
put('live', ['src/live'])
// Patches for the same module are needed together.
const modulesOf = patch => outlines[patch].parts.map(({ module }) => module)
for (const patch of Object.keys(outlines)) {
  const akin = Object.keys(outlines).find(other => modulesOf(other).some(module => modulesOf(patch).includes(module)))
  put(`patches/${akin}`, [`patches/${patch}`])
}
// What is found on the way is looked through, too.
for (const name of homes.keys()) for (const other of requiredBy(name)) put(other.replace(/^src\//, '').replaceAll('/', '-'), [other])
// By register.js, by outlines, and inside of functions.
const asked = new Set(['src/gate', 'patches/start', ...Object.keys(outlines).map(patch => `patches/${patch}`), ...[...homes.keys()].flatMap(requiredBy)])

/** What modules of other files get of a module: all that it exports, or what they import. */
function sharedOf (name) {
  if (asked.has(name)) return Object.keys(require(join(DIST, name)))
  return importedOf(name, [...homes.keys()].filter(other => homes.get(other) !== homes.get(name)))
}
const importedOf = (name, by) => [...new Set(by.flatMap(importsOf).filter(found => found.name === name).flatMap(({ keys }) => keys))]

const membersOf = file => [...homes.keys()].filter(name => homes.get(name) === file)

/** Resolves imports: into the file itself, or to what another has put into `loaded`. */
const plugin = file => ({
  name: 'autospan',
  setup ({ onResolve, onLoad }) {
    const here = membersOf(file)
    onResolve({ filter: /^\./ }, ({ path, importer }) => {
      const name = nameOf(relative(__dirname, importer), path)
      return here.includes(name) ? { path: join(__dirname, `${name}.ts`), pluginData: name } : { path: name, namespace: 'elsewhere' }
    })
    onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path: name }) => ({ contents: `export const { ${importedOf(name, here).join(', ')} } = __load('${name}')` }))
    onLoad({ filter: /\.ts$/ }, ({ path, pluginData: name }) => ({
      loader: 'ts',
      contents: name === OUTLINES ? `export const outlines = {\n${Object.keys(outlines).map(outlineOf).join(',\n')}\n}` : readFileSync(path, 'utf8')
        .replace(/require\('[./]+package\.json'\)\.version/, `'${version}'`)
        .replace(REQUIRE, (_, path) => `__load('${nameOf(name, path)}')`)
        // Else esbuild would make a copy of all that a builtin has.
        .replace(/^import (\w+) from '([^.'][^']*)'/gm, "const $1 = require('$2')")
    }))
  }
})

/** The modules of a file in one scope, and what the others get of them. */
async function flat (file) {
  const modules = membersOf(file).map(name => ({ name, keys: sharedOf(name) })).filter(({ keys }) => keys.length > 0)
  const imports = modules.map(({ name, keys }, i) => `import { ${keys.map(key => `${key} as ${key}$${i}`).join(', ')} } from './${name}'`)
  // Without a prototype, a table is no object with a hidden class for V8, but one to look things up in.
  const exports = modules.map(({ name, keys }, i) => `'${name}': { ${['__proto__: null', ...keys.map(key => `${key}: ${key}$${i}`)].join(', ')} }`)
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents: `${imports.join('\n')}\nObject.assign(loaded, {\n${exports.join(',\n')}\n})`, resolveDir: __dirname },
    bundle: true, format: 'cjs', platform: 'node', target: 'node20', packages: 'external', tsconfig: join(__dirname, 'tsconfig.json'),
    plugins: [plugin(file)], write: false, legalComments: 'none', logLevel: 'warning', logOverride: { 'import-is-undefined': 'error' }
  })
  return text.replace('"use strict";\n', '')
}
const write = (file, text) => writeFileSync(join(DIST, 'bundle', `${file}.js`), `'use strict'\n${text}\n`)

async function main () {
  rmSync(join(DIST, 'bundle'), { recursive: true, force: true })
  mkdirSync(join(DIST, 'bundle/patches'), { recursive: true })
  const [gate, ...files] = new Set(homes.values())
  const places = [...homes].filter(([name, file]) => file !== 'gate' && (name === 'patches/start' || file !== 'start') && sharedOf(name).length > 0)
  write(gate, `const files = {\n${places.map(([name, file]) => `  '${name}': '${file}.js'`).join(',\n')}\n}
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const loaded = { __proto__: null }
function __load (name) {
  if (loaded[name] === undefined) compiled(join(__dirname, files[name]))(loaded, __load)
  return loaded[name]
}
// Not by require, to which nothing is known of a file: it looks for links and for a package.json on all the way to it. And whoever transforms what is
// required (Babel, ts-node, what counts lines for coverage) would be given ours, too.
function compiled (file) {
  const own = new module.constructor(file, module)
  own.filename = file
  own.paths = module.paths
  own._compile(readFileSync(file, 'utf8'), file, 'commonjs')
  own.loaded = true
  // Where it is looked for; not before it is whole.
  require.cache[file] = own
  return own.exports
}
module.exports = __load
${await flat(gate)}`)
  // In brackets, a function is compiled at once, and not looked through first and compiled later.
  for (const file of files) write(file, `module.exports = (function (loaded, __load) {\n${await flat(file)}})`)
}
main()
