'use strict'
// Writes what register.js loads, from what tsc has made, as few files; to find and to read a hundred would take as long as all the rest of a start.
// gate.js decides whether to trace, start.js has all that every start needs, patches/*.js have what comes with the libraries that they are for, engine.js what
// comes with the first of them, rest.js all else that is required inside of functions: it is loaded when the first of it is.
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { dirname, join, relative } = require('node:path')
const { transformSync } = require('esbuild')
const { outlines } = require('./dist/patches/outlines.js')

const DIST = join(__dirname, 'dist')
const REQUIRE = /\brequire\(["'](\.[^"']+)["']\)/g
// As tsc writes an import.
const IMPORT = /^(?:const \w+ = |var \w+ = |)(?:__\w+\()?require\("(\.[^"]+)"\)/gm
// What tsc makes of what is exported as it came. As a getter it would be called for anew at each use: V8 folds none into an object of so many. No circle of imports, so that it is there.
const PASSED_ON = /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);/g

/** Where a file of ours lies below dist; package.json lies above. */
const nameOf = (from, path) => relative(DIST, require.resolve(join(DIST, dirname(from), path))).replaceAll('\\', '/')
function textOf (name) {
  if (name === 'patches/outlines.js') return `exports.outlines = {\n${Object.keys(outlines).map(patch => `${patch}: ${outlineOf(patch)}`).join(',\n')}\n}`
  return `${name.endsWith('.json') ? 'module.exports = ' : ''}${readFileSync(join(DIST, name), 'utf8').replace(PASSED_ON, 'exports.$1 = $2;')}`
}

/** What is known of a patch that is not loaded, and how to load it. */
const outlineOf = patch => written({ ...outlines[patch], whole: new Function(`return require('./${patch}').${patch}`) })
/** A value as text: data, symbols that everybody shares, and functions that know nothing but their arguments. */
function written (value) {
  if (typeof value === 'function') return String(value)
  if (typeof value === 'symbol') return `Symbol.for(${JSON.stringify(Symbol.keyFor(value))})`
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${written(value)}`).join(', ')} }`
}

/** All files that are reached from one by what `pattern` finds, with their texts, but for those that are in `found` already. */
function reached (name, pattern, found) {
  if (found.some(files => files.has(name))) return new Map()
  const text = textOf(name)
  const files = new Map([[name, text]])
  for (const [, path] of text.matchAll(pattern)) for (const [other, text] of reached(nameOf(name, path), pattern, [...found, files])) files.set(other, text)
  return files
}
/** The same from several, all together. */
const reachedFrom = (names, pattern, found) => names.reduce((files, name) => new Map([...files, ...reached(name, pattern, [...found, files])]), new Map())

/** A file as a function. Comments go. */
const part = (name, text) => `function (exports, module, __load) {\n${transformSync(text.replace(REQUIRE, (_, path) => `__load(${JSON.stringify(nameOf(name, path))})`)).code}}`
// In brackets, a function is compiled at once, and not looked through first and compiled later.
const table = (files, isNeeded) => `{\n${[...files].map(([name, text]) => `${JSON.stringify(name)}: ${isNeeded ? `(${part(name, text)})` : part(name, text)}`).join(',\n')}\n}`
const write = (file, text) => writeFileSync(join(DIST, 'bundle', file), `'use strict'\n${text}\n`)

const gate = reached('src/gate.js', REQUIRE, [])
const start = reached('patches/start.js', IMPORT, [gate])
// The queue is for the first span that ends: it is not to wait for the rest.
const engine = reachedFrom(['src/patch.js', 'src/tracing.js', 'src/hook/wrap.js', 'src/hook/version.js', 'src/export/batch.js'], IMPORT, [gate, start])

/** Patches that share a file of patches/lib, or a library, lie in one file, each of the others in one of its own. */
let groups = []
for (const patch of Object.keys(outlines)) {
  const own = { names: [patch], modules: outlines[patch].parts.map(({ module }) => module), files: reached(`patches/${patch}.js`, IMPORT, [gate, start, engine]) }
  const akin = groups.filter(({ modules, files }) => own.modules.some(name => modules.includes(name)) || [...own.files.keys()].some(name => files.has(name)))
  const all = [...akin, own]
  groups = groups.filter(group => !akin.includes(group)).concat({
    names: all.flatMap(({ names }) => names),
    modules: all.flatMap(({ modules }) => modules),
    files: new Map(all.flatMap(({ files }) => [...files]))
  })
}
const early = [gate, start, engine, ...groups.map(({ files }) => files)]
const rest = reachedFrom(early.flatMap(files => [...files.keys()]), REQUIRE, [])
for (const files of early) for (const name of files.keys()) rest.delete(name)

/** The file that has what others ask for, but for the rest. */
const files = Object.fromEntries([
  ['patches/start.js', './start.js'],
  ...[...engine.keys()].map(name => [name, './engine.js']),
  ...groups.flatMap(({ names }) => names.map(patch => [`patches/${patch}.js`, `./patches/${names.join('-')}.js`]))
])
rmSync(join(DIST, 'bundle'), { recursive: true, force: true })
mkdirSync(join(DIST, 'bundle', 'patches'), { recursive: true })
write('gate.js', `const parts = ${table(gate, true)}
const files = ${JSON.stringify(files, null, 2)}
const loaded = {}
function __load (name) {
  const known = loaded[name]
  if (known !== undefined) return known.exports
  if (parts[name] === undefined) Object.assign(parts, require(files[name] ?? './rest.js'))
  const part = loaded[name] = { __proto__: module, exports: {} }
  parts[name](part.exports, part, __load)
  return part.exports
}
module.exports = __load`)
write('start.js', `module.exports = ${table(start, true)}`)
write('engine.js', `module.exports = ${table(engine, true)}`)
for (const { names, files } of groups) write(`patches/${names.join('-')}.js`, `module.exports = ${table(files, true)}`)
write('rest.js', `module.exports = ${table(rest, false)}`)
