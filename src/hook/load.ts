import * as fs from 'node:fs'
import Module, { isBuiltin, syncBuiltinESMExports } from 'node:module'
import { say } from '../log'
import { fuseOf, quietly } from './fuse'
import { begin, meet, on, trace } from './listen'
import { layerer, tap, wrap, type Layers } from './wrap'
import type { Part, Patch } from './contract'

/** What the settings say of a patch, by its name. */
export interface Choice {
  enabled (patch: string): boolean
  /** How its layers (middleware) are traced; undefined: not at all. */
  layers (patch: string): Layers | undefined
}

interface Entry { patch: string, part: Part, layers: Layers | undefined }

/**
 * Apply every patch: to a builtin at once, to the file of a package when the application loads it.
 *
 * The hook is Module.prototype.load: it runs once for each file, with its real path, when its exports are whole. A package is known by the
 * `name` in its package.json, so an alias, a link or a second copy is found wherever it lies.
 */
export function load (patches: Record<string, Patch>, choice: Choice): void {
  const files = new Files()
  for (const patch in patches) {
    if (!choice.enabled(patch)) continue
    const layers = choice.layers(patch)
    for (const part of patches[patch].parts) {
      const entry = { patch, part, layers }
      listen(entry)
      if (isBuiltin(part.module)) apply(entry, require(part.module))
      else if (part.file !== undefined) files.add(entry)
    }
  }
  // Makes named imports of builtins see what was patched.
  syncBuiltinESMExports()

  const prototype = (Module as any).prototype
  const original = prototype.load
  prototype.load = function load (this: any, file: string): unknown {
    const out = original.apply(this, arguments)
    if (files.concerns(file)) quietly(fuseOf('load'), arrived, files, file, this)
    return out
  }
}

/** The files that some part waits for, by the last piece of their path: nearly every other file is dismissed by one look into a map. */
class Files {
  private readonly byEnding = new Map<string, Entry[]>()
  private readonly byModule = new Map<string, Entry[]>()
  add (entry: Entry): void {
    push(this.byEnding, ending(entry.part.file!), entry)
    push(this.byModule, entry.part.module, entry)
  }

  concerns (file: string): boolean { return this.byEnding.has(ending(file)) }

  /** The parts that are about this very file, and every part of its package. */
  at (file: string, exports: any): { found: Entry[], all: Entry[], version: string } | undefined {
    const path = file.replaceAll('\\', '/')
    for (const { part } of this.byEnding.get(ending(file))!) {
      if (!path.endsWith(`/${part.file!}`)) continue
      // Half of all packages have an index.js: to ask for the name of each would cost 30 us.
      if (part.file === 'index.js' && !hasShape(part, exports)) continue
      const { name, version } = identity(file.slice(0, -part.file!.length))
      if (name !== part.module) continue
      const all = this.byModule.get(part.module)!
      return { found: all.filter(other => other.part.file === part.file), all, version }
    }
    return undefined
  }
}
const ending = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
function push<K, V> (map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** Is there any method that the part is about? */
const hasShape = ({ wrap = [], tap = [] }: Part, exports: any): boolean => [...wrap, ...tap].some(({ of, method }) => {
  try { return typeof of(exports)?.[method] === 'function' } catch { return false }
})

/** Name and version of the package in `folder`; empty if there is none. */
function identity (folder: string): { name: string, version: string } {
  try {
    const { name = '', version = '' } = JSON.parse(fs.readFileSync(`${folder}package.json`, 'utf8'))
    return { name, version }
  } catch { return { name: '', version: '' } }
}

/** A file that somebody waits for was loaded. */
function arrived (files: Files, file: string, module: { exports: any }): void {
  const here = files.at(file, module.exports)
  if (here === undefined) return
  const { found, all, version } = here
  const { module: name } = found[0].part
  const fits = ({ part }: Entry): boolean => satisfies(version, part.versions)
  if (all.some(fits)) {
    for (const entry of found) if (fits(entry)) apply(entry, module.exports)
    return
  }
  const ranges = [...new Set(all.map(entry => entry.part.versions))].join(' or ')
  if (ranges.split(' or ').every(range => isNewer(version, range))) {
    say('info', `${name} ${version} is newer than what was tried (${ranges}); it is traced as far as it has the same shape`)
    for (const entry of found) if (entry.part.versions === found[found.length - 1].part.versions) apply(entry, module.exports)
  } else say('warn', `${name} ${version} is not traced: only ${ranges} is known`)
}

// Not before a library of ours is met, and not the whole package: a program that uses none does not pay for semver.
const satisfies = (version: string, range: string): boolean =>
  require('semver/functions/satisfies')(version, range, { includePrerelease: true })
const isNewer = (version: string, range: string): boolean =>
  require('semver/ranges/gtr')(version, range, { includePrerelease: true })

function apply ({ patch, part, layers }: Entry, exports: any): void {
  const fuse = fuseOf(patch)
  for (const point of part.wrap ?? []) quietly(fuse, wrap, exports, fuse, point)
  for (const point of part.tap ?? []) quietly(fuse, tap, exports, fuse, point)
  if (part.loaded !== undefined) quietly(fuse, part.loaded, exports)
  if (layers === undefined || part.layers === undefined) return
  const more = quietly(fuse, part.layers, layerer(fuse, layers))
  for (const point of more?.wrap ?? []) quietly(fuse, wrap, exports, fuse, point, layers)
  for (const point of more?.tap ?? []) quietly(fuse, tap, exports, fuse, point)
}

function listen ({ patch, part }: Entry): void {
  const fuse = fuseOf(patch)
  for (const point of part.trace ?? []) trace(fuse, point)
  for (const point of part.begin ?? []) begin(fuse, point)
  for (const channel in part.on) on(fuse, channel, part.on[channel])
  for (const point of part.met ?? []) meet(fuse, point)
}
