import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { glob } from '../trace/glob'

/** What AUTOSPAN_TRACE names: a module, and what is to be traced of it. */
export interface Target {
  /** A path glob (`./lib/*.js`), a package, or a file of a package (`pkg/lib/mail.js`). */
  module: string
  names: string[]
}

/** The targets that a file is meant by. `folder` is where the program is started. */
export type Finder = (file: string) => Target[]
export function finder (targets: readonly Target[], folder = realpathSync(process.cwd())): Finder {
  const packages = new Map<string, Package | undefined>()
  const tests = targets.map(({ module }) => {
    if (!/^\.{0,2}\//.test(module) && !/^[A-Za-z]:/.test(module)) return inPackage(module, file => packageOf(dirname(file), packages))
    // Not `path.resolve`: its result is to be a glob, too.
    return glob(slashed(join(/^\.{1,2}\//.test(module) ? folder : '', module)))
  })
  return file => targets.filter((_, i) => tests[i](slashed(file)))
}

const slashed = (path: string): string => path.replaceAll('\\', '/')

interface Package { folder: string, name: string, entries: Array<{ path: string, file: string }> }

/** A file of the package `name`: its main file, or what stands behind the name, as a path in the package or as an entry of its `exports`. */
function inPackage (module: string, packageOf: (file: string) => Package | undefined): (file: string) => boolean {
  const [, name, inner] = /^((?:@[^/]*\/)?[^/]*)\/?(.*)$/.exec(module)!
  const isMeant = glob(inner)
  return file => {
    const found = packageOf(file)
    if (found === undefined || found.name !== name) return false
    const path = file.slice(found.folder.length + 1)
    return (inner !== '' && isMeant(path)) || found.entries.some(entry => entry.file === path && entry.path === inner)
  }
}

/** The package that a folder is a part of. */
function packageOf (folder: string, known: Map<string, Package | undefined>): Package | undefined {
  if (known.has(folder)) return known.get(folder)
  const parent = dirname(folder)
  const found = described(folder) ?? (parent === folder ? undefined : packageOf(parent, known))
  known.set(folder, found)
  return found
}

/** A package.json without a name (as in `dist/esm`) tells of a format, and makes no package. */
function described (folder: string): Package | undefined {
  try {
    const { name, main, module, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (typeof name !== 'string') return undefined
    const entries = [main ?? 'index.js', module].flatMap(file => candidates(file).map(file => ({ path: '', file })))
    const isPlain = typeof exports !== 'object' || exports === null || Array.isArray(exports) || !Object.keys(exports).some(key => key.startsWith('.'))
    for (const [path, target] of Object.entries(isPlain ? { '.': exports } : exports)) {
      for (const leaf of leaves(target)) entries.push({ path: path.slice(2), file: slashed(join(leaf)) })
    }
    return { folder: slashed(folder), name, entries }
  } catch { return undefined }
}

/** The files that Node tries for a `main`. */
function candidates (main: unknown): string[] {
  if (typeof main !== 'string') return []
  const file = slashed(join(main)).replace(/\/$/, '')
  return [file, `${file}.js`, `${file}.json`, slashed(join(file, 'index.js'))]
}

const leaves = (target: unknown): string[] =>
  typeof target === 'string' ? [target] : typeof target === 'object' && target !== null ? Object.values(target).flatMap(leaves) : []
