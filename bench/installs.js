'use strict'
const { execFileSync } = require('node:child_process')
const { readFileSync, readdirSync, statSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { Samples } = require('./turns')

const ROOT = join(__dirname, '..')
const MB = 1e6

/** What is on the disk after `npm install <contender>`: packages, and MB of files; of autospan, what would be published. */
exports.measure = async function measure (_, { contenders }) {
  const samples = new Samples()
  for (const { name, package: wanted } of contenders) {
    if (wanted !== undefined) samples.add(name, wanted === 'autospan' ? ours() : installed(__dirname, [wanted]))
  }
  return samples.figures
}
exports.seconds = () => 10

function ours () {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ unpackedSize }] = JSON.parse(packed)
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const rest = installed(ROOT, Object.keys(dependencies))
  return { mb: rest.mb + unpackedSize / MB, packages: rest.packages + 1 }
}

/** Some packages and all that they need, as they lie below a folder: by its lock file. */
function installed (root, names) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const found = new Set()
  const visit = (from, name) => {
    const at = resolve(packages, from, name)
    if (at === undefined || found.has(at)) return
    found.add(at)
    for (const other in { ...packages[at].dependencies, ...packages[at].optionalDependencies }) visit(at, other)
  }
  for (const name of names) visit('', name)
  const sizes = [...found].map(path => sizeOf(join(root, path))).filter(size => size > 0)
  return { mb: sizes.reduce((sum, size) => sum + size, 0) / MB, packages: sizes.length }
}

/** Where a package is found by another one: beside its own modules, else a floor above. */
function resolve (packages, from, name) {
  for (let at = from; ; at = /(^|\/)node_modules\//.test(at) ? dirname(at.slice(0, at.lastIndexOf('node_modules/') + 12)).replace(/^\.$/, '') : '') {
    const path = join(at, 'node_modules', name)
    if (packages[path] !== undefined) return path
    if (at === '') return undefined
  }
}

/** Bytes of a package's own files; 0 if it is not there, as one for another system. */
function sizeOf (folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .reduce((sum, entry) => sum + (entry.name === 'node_modules' ? 0 : entry.isDirectory() ? sizeOf(join(folder, entry.name)) : statSync(join(folder, entry.name)).size), 0)
  } catch { return 0 }
}
