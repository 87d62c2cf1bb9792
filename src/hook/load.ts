import { readFileSync } from 'node:fs'
import { say } from '../log'
import { mimic } from '../trace/context'
import { fuseOf, isOn, quietly, type Fuse } from './fuse'
import { arrive, Module, watchBuiltins } from './builtins'
import { begin, meet, on, trace } from './listen'
import type { Layers } from './wrap'
import type { Outline, Part, PartOutline, Place, Tap, Wrap } from './contract'

/** A patch that is to be applied. */
export interface Choice {
  name: string
  patch: Outline
  /** How its layers (middleware) are traced; undefined: not at all. */
  layers: Layers | undefined
}

/** One of its parts; `whole` loads the patch when it is first called, and gives nothing if that cannot be. */
interface Entry { patch: string, part: PartOutline, whole: () => Part | undefined, layers: Layers | undefined }

/**
 * Apply patches: to a builtin and to the file of a package when the application loads it.
 *
 * The hook is Module.prototype.load: it runs once for each file, with its real path, when its exports are whole. A package is known by the
 * `name` in its package.json, so an alias, a link or a second copy is found wherever it lies. `first` is called before any patch is loaded.
 */
export function load (chosen: Choice[], first: () => void): void {
  const files = new Files()
  const builtins = new Map<string, Entry[]>()
  for (const { name, patch, layers } of chosen) {
    const fuse = fuseOf(name)
    for (const [i, part] of patch.parts.entries()) {
      let loaded: Part | undefined
      const whole = (): Part => {
        if (loaded === undefined) {
          first()
          loaded = patch.whole().parts[i]
        }
        return loaded
      }
      const entry = { patch: name, part, whole: () => quietly(fuse, whole), layers }
      quietly(fuse, listen, entry)
      if (Module.isBuiltin(part.module)) push(builtins, part.module, entry)
      else files.add(entry)
    }
  }
  for (const [module, entries] of builtins) arrive(module, exports => quietly(fuseOf('load'), builtin, entries, exports))
  watchBuiltins()

  for (const file in require.cache) if (files.concerns(file)) quietly(fuseOf('load'), late, files, file, require.cache[file])
  const { prototype } = Module as any
  const original = prototype.load
  prototype.load = mimic(original, function (this: any, file: string): unknown {
    const out = original.apply(this, arguments)
    if (files.concerns(file)) quietly(fuseOf('load'), arrived, files, file, this)
    return out
  })
}

/** A file that somebody waits for: its package, every part about that package, and the parts about this file of it. */
interface Found { name: string, version: string, all: Entry[], here: Entry[] }

/** The files that some part waits for, by the last piece of their path: nearly every other file is dismissed by one look into a map. */
class Files {
  private readonly byEnding = new Map<string, Entry[]>()
  private readonly byModule = new Map<string, Entry[]>()
  add (entry: Entry): void {
    // Where a version is only listened to there is no file, but it is known all the same.
    if (entry.part.file !== undefined) push(this.byEnding, ending(entry.part.file), entry)
    push(this.byModule, entry.part.module, entry)
  }

  concerns (file: string): boolean { return this.byEnding.has(ending(file)) }

  /** The parts that are about this very file, and every part of its package. */
  at (file: string, exports: any): Found | undefined {
    const path = file.replaceAll('\\', '/')
    let folder: string | undefined
    let is = UNKNOWN
    for (const { part } of this.byEnding.get(ending(file))!) {
      if (part.exports !== undefined && !isExported(part.exports, exports)) continue
      if (!path.endsWith(`/${part.file!}`)) continue
      const root = file.slice(0, -part.file!.length)
      if (root !== folder) is = identity(folder = root)
      if (is.name !== part.module) continue
      const all = this.byModule.get(part.module)!
      return { ...is, all, here: all.filter(other => other.part.file === part.file) }
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

/** Whether this is a function of that name, or has it. What throws when it is looked at is something else. */
function isExported (name: string, exports: any): boolean {
  try { return typeof exports === 'function' ? exports.name === name : Object.hasOwn(exports, name) } catch { return false }
}

interface Identity { name: string, version: string }
const UNKNOWN: Identity = { name: '', version: '' }
/** Name and version of the package in `folder`; empty if there is none. */
function identity (folder: string): Identity {
  try {
    const { name = '', version = '' } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
    return { name, version }
  } catch { return UNKNOWN }
}

/** A file that somebody waits for was loaded. */
function arrived (files: Files, file: string, { exports }: { exports: any }): void {
  const found = files.at(file, exports)
  if (found !== undefined) for (const entry of fitting(found)) apply(entry, exports)
}

/** The same, but it was loaded before us. Prototypes are still to be patched; what somebody took out of its exports is not. */
function late (files: Files, file: string, module: NodeModule): void {
  const found = files.at(file, module.exports)
  if (found === undefined || !module.loaded) return
  for (const entry of fitting(found)) apply(entry, module.exports)
  // Not of what autospan has just made way for.
  if (isOn()) say('warn', `${found.name} was loaded before autospan, so some of its calls may not be traced: register.js is to be the first preload`)
}

/** The parts about a file that are about this version, too. A version newer than all is taken for the newest that is known. */
function fitting ({ name, version, all, here }: Found): Entry[] {
  const { isNewer, satisfies } = require('./version') as typeof import('./version')
  const fits = ({ part }: Entry): boolean => satisfies(version, part.versions)
  if (all.some(fits)) return here.filter(fits)
  const ranges = [...new Set(all.map(({ part }) => part.versions))]
  const known = ranges.join(' or ')
  if (ranges.every(range => isNewer(version, range))) {
    say('info', `${name} ${version} is newer than what was tried (${known}); it is traced as far as it has the same shape`)
    return here.filter(({ part }) => part.versions === all[all.length - 1].part.versions)
  }
  say('warn', `${name} ${version || 'without a version'} is not traced: only ${known} is known`)
  return []
}

/** A builtin has been loaded. */
function builtin (entries: Entry[], exports: any): void {
  for (const entry of entries) apply(entry, exports)
  // What ES modules import by name is what the exports were before; methods of classes are everybody's.
  const isExported = ({ of }: Wrap | Tap): boolean => of(exports) === exports
  if (entries.some(({ whole }) => [...whole()?.wrap ?? [], ...whole()?.tap ?? []].some(isExported))) Module.syncBuiltinESMExports()
}

function apply ({ patch, whole, layers }: Entry, exports: any): void {
  const fuse = fuseOf(patch)
  const part = whole()
  if (part === undefined) return
  // With the first patch, and not with a start: a program may need none.
  const { layerer, tap, wrap } = require('./wrap') as typeof import('./wrap')
  for (const point of part.wrap ?? []) quietly(fuse, wrap, exports, fuse, point)
  for (const point of part.tap ?? []) quietly(fuse, tap, exports, fuse, point)
  if (part.loaded !== undefined) quietly(fuse, part.loaded, exports)
  if (layers === undefined || part.layers === undefined) return
  const more = quietly(fuse, part.layers, layerer(fuse, layers))
  for (const point of more?.wrap ?? []) quietly(fuse, wrap, exports, fuse, point, layers)
  for (const point of more?.tap ?? []) quietly(fuse, tap, exports, fuse, point)
}

/** From the start on, for a channel is anybody's; the first message loads what is made of it. */
function listen ({ patch, part: { listens, place }, whole }: Entry): void {
  const fuse = fuseOf(patch)
  listens?.trace?.forEach((channel, i) => trace(fuse, channel, () => whole()?.trace![i]))
  listens?.begin?.forEach((channel, i) => begin(fuse, channel, () => whole()?.begin![i]))
  listens?.on?.forEach(channel => on(fuse, channel, message => whole()?.on![channel](message)))
  listens?.met?.forEach((channel, i) => meet(fuse, channel, () => whole()?.met![i]))
  if (place !== undefined) attend(fuse, { key: place, asked: key => whole()?.place!.asked(key) })
}

/** Nothing is made of a place before somebody looks at it. */
function attend (fuse: Fuse, { key: place, asked }: Place): void {
  const global = globalThis as { [place: string | symbol]: unknown }
  if (Object.hasOwn(global, place)) return quietly(fuse, asked, place)
  const set = (value: unknown): void => { Object.defineProperty(global, place, { value, writable: true, enumerable: true, configurable: true }) }
  Object.defineProperty(global, place, {
    configurable: true,
    get () {
      delete global[place]
      quietly(fuse, asked, place)
      return global[place]
    },
    set
  })
}
