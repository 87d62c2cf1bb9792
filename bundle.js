'use strict'
// Writes what register.js loads, from what tsc has made, as three files; to find and to read fifty would take as long as all the rest of a start.
// gate.js decides whether to trace, start.js has all that a start needs, rest.js all that is required inside of functions: it is loaded when the first of it is.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { dirname, join, relative } = require('node:path')
const { transformSync } = require('esbuild')

const DIST = join(__dirname, 'dist')
const REQUIRE = /\brequire\(["'](\.[^"']+)["']\)/g
// As tsc writes an import.
const IMPORT = /^(?:const \w+ = |var \w+ = |)(?:__\w+\()?require\("(\.[^"]+)"\)/gm

/** Where a file of ours lies below dist; package.json lies above. */
const nameOf = (from, path) => relative(DIST, require.resolve(join(DIST, dirname(from), path))).replaceAll('\\', '/')
const textOf = name => `${name.endsWith('.json') ? 'module.exports = ' : ''}${readFileSync(join(DIST, name), 'utf8')}`

/** All files that are reached from one by what `pattern` finds, with their texts, but for those that are in `found` already. */
function reached (name, pattern, found) {
  if (found.some(files => files.has(name))) return new Map()
  const text = textOf(name)
  const files = new Map([[name, text]])
  for (const [, path] of text.matchAll(pattern)) for (const [other, text] of reached(nameOf(name, path), pattern, [...found, files])) files.set(other, text)
  return files
}

/** A file as a function. Comments go. */
const part = (name, text) => `function (exports, module, __load) {\n${transformSync(text.replace(REQUIRE, (_, path) => `__load(${JSON.stringify(nameOf(name, path))})`)).code}}`
// In brackets, a function is compiled at once, and not looked through first and compiled later.
const table = (files, isNeeded) => `{\n${[...files].map(([name, text]) => `${JSON.stringify(name)}: ${isNeeded ? `(${part(name, text)})` : part(name, text)}`).join(',\n')}\n}`
const write = (file, text) => writeFileSync(join(DIST, 'bundle', file), `'use strict'\n${text}\n`)

const gate = reached('src/gate.js', REQUIRE, [])
const start = reached('patches/start.js', IMPORT, [gate])
// The queue is for the first span that ends: it is not to wait for the rest.
for (const [name, text] of reached('src/export/batch.js', IMPORT, [gate, start])) start.set(name, text)
const rest = new Map([...start].flatMap(([name]) => [...reached(name, REQUIRE, [gate])]).filter(([name]) => !start.has(name)))

mkdirSync(join(DIST, 'bundle'), { recursive: true })
write('gate.js', `const parts = ${table(gate, true)}
const files = ['./start.js', './rest.js']
const loaded = {}
function __load (name) {
  const known = loaded[name]
  if (known !== undefined) return known.exports
  while (parts[name] === undefined) Object.assign(parts, require(files.shift()))
  const module = loaded[name] = { exports: {} }
  parts[name](module.exports, module, __load)
  return module.exports
}
module.exports = __load`)
write('start.js', `module.exports = ${table(start, true)}`)
write('rest.js', `module.exports = ${table(rest, false)}`)
