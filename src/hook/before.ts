import Module from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Target } from './ownfile'
import * as imports from './ownimport'

/** What is done with ES modules before anybody gets what they export. */
export interface Before {
  /** A file has run; `all` are its exports, which cannot be changed but may hold what can. */
  loaded (file: string, all: any): void
  /** What those who import it get for what it exports by this name. */
  made (file: string, name: string, value: unknown): unknown
}
const befores: Before[] = []

/** Put modules of ours before those that the targets name (see ownimport.ts). */
export function standBefore (targets: readonly Target[], before: Before): void {
  befores.push(before)
  if (befores.length === 1) Object.defineProperty(globalThis, Symbol.for('autospan.own'), { value: asked })
  const { registerHooks, register } = Module as any
  if (registerHooks === undefined) return void register(pathToFileURL(join(__dirname, 'ownimport.js')), { data: targets })
  imports.initialize(targets)
  if (befores.length === 1) registerHooks({ resolve: imports.resolve })
}

/** What stands before a module asks for all of its exports at once, and then for one function after the other. */
function asked (url: string, all: any, key?: string, set?: (value: unknown) => void): void {
  const file = fileURLToPath(url)
  if (key === undefined) return befores.forEach(before => before.loaded(file, all))
  const put = (): void => set!(befores.reduce((value, before) => before.made(file, key, value), all[key]))
  // In a circle that was entered elsewhere the file itself has not run yet.
  try { put() } catch { queueMicrotask(() => { try { put() } catch { /* nor will it */ } }) }
}
