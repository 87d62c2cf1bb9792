import { existsSync, readFileSync, realpathSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import { fuseOf, quietly } from './hook/fuse'
import { extract } from './propagation'
import { clearTimeout, setTimeout } from './trace/clock'
import { mimic, within } from './trace/context'
import { frameOf, silently } from './trace/frame'
import type { Span } from './trace/span'
import { root } from './trace/tracer'
import { finish } from './trace/unfinished'

/** What AWS Lambda tells a handler of an invocation, as far as we need it. */
interface Invocation { getRemainingTimeInMillis (): number, awsRequestId?: string, invokedFunctionArn?: string }

/** Milliseconds before the time of an invocation runs out at which what is here is sent, open spans and all: then the process is killed. */
const SPARE = 300
/** Milliseconds that an invocation may be held up by a collector that does not answer. */
const LIMIT = 900
const fuse = fuseOf('lambda')

/**
 * AWS Lambda freezes the process as soon as a handler has answered: so the answer waits until what is here has been sent, once, or the limit is over.
 * `handler` is where Lambda finds it below `folder`, as in `src/app.handler`: wrapped when its file is loaded, by require or by import. Each invocation is a span.
 */
export function watchHandler (folder: string, handler: string, name: string, flush: (hurry: boolean) => Promise<void>): void {
  const [, path, exported] = /^((?:.*\/)?[^/.]*)\.(.+)$/.exec(handler) ?? []
  if (path === undefined) return
  const file = join(real(folder), path)
  const keys = exported.split('.')
  const wrapped = (fn: Function): Function => mimic(fn, waiting(fn, name, flush))

  const files = ['', '.js', '.cjs'].map(extension => file + extension)
  const { prototype } = Module as any
  const original = prototype.load
  prototype.load = mimic(original, function (this: { exports: any }, loading: string): unknown {
    const out = original.apply(this, arguments)
    if (files.includes(loading)) quietly(fuse, replace, this, keys, wrapped)
    return out
  })

  const imported = imports(file)
  if (imported === undefined) return
  const { standBefore } = require('./hook/before') as typeof import('./hook/before')
  standBefore([{ module: imported, names: [exported] }], {
    loaded (loaded, all) { if (loaded === imported && keys.length > 1) quietly(fuse, replace, { exports: all }, keys, wrapped) },
    made: (loaded, key, value) => loaded === imported && key === exported && typeof value === 'function' ? wrapped(value) : value
  })
}

/** The file that Lambda's runtime will load by import(), if it will: as it looks for the ways to write `file`. */
function imports (file: string): string | undefined {
  if (existsSync(file)) return undefined
  if (existsSync(`${file}.js`)) return isModule(dirname(file)) ? `${file}.js` : undefined
  return existsSync(`${file}.mjs`) ? `${file}.mjs` : undefined
}

/** Whether the nearest package.json says that files named .js are ES modules. */
function isModule (folder: string): boolean {
  const description = join(folder, 'package.json')
  if (!existsSync(description)) return dirname(folder) !== folder && isModule(dirname(folder))
  try { return JSON.parse(readFileSync(description, 'utf8')).type === 'module' } catch { return false }
}

/** The folder without links: as Node knows what it loads. */
function real (folder: string): string {
  try { return realpathSync(folder) } catch { return folder }
}

/** The function at `keys` of the exports becomes another. Bundlers export getters that cannot be changed: then the exports become an object above them. */
function replace (module: { exports: any }, keys: readonly string[], by: (fn: Function) => Function): void {
  const last = keys[keys.length - 1]
  const holder = keys.slice(0, -1).reduce((holder, key) => holder?.[key], module.exports)
  const fn = holder?.[last]
  if (typeof fn !== 'function') return
  const value = { value: by(fn), enumerable: true, writable: true, configurable: true }
  const there = Object.getOwnPropertyDescriptor(holder, last)
  if (there === undefined || there.configurable === true) Object.defineProperty(holder, last, value)
  else if (keys.length === 1) module.exports = Object.create(holder, { [last]: value })
}

function waiting (handler: Function, name: string, flush: (hurry: boolean) => Promise<void>): (this: unknown) => unknown {
  return function (this: unknown) {
    const args = arguments
    if (fuse.off) return handler.apply(this, args)
    const isInvocation = (value: any): boolean => typeof value?.getRemainingTimeInMillis === 'function'
    const invocation: Invocation | undefined = quietly(fuse, () => isInvocation(args[1]) ? args[1] : isInvocation(args[2]) ? args[2] : undefined)
    const left = (): number => quietly(fuse, () => invocation?.getRemainingTimeInMillis()) ?? Infinity
    const alarm = left() === Infinity ? undefined : silently(() => setTimeout(() => { finish(undefined); void flush(true) }, left() - SPARE).unref())
    const span = quietly(fuse, begin, name, args[0], invocation) as Span | undefined

    const finished = (error: unknown): Promise<void> => {
      clearTimeout(alarm)
      if (error !== undefined && error !== null) span?.fail(error)
      span?.end()
      return bounded(flush(true), Math.min(LIMIT, left() - SPARE))
    }
    let isSent: Promise<void> | undefined
    const done = (error?: unknown): Promise<void> => isSent ??= finished(error)
    const later: Later = (answer, errorOf) => mimic(answer, function (this: unknown) {
      void done(errorOf(arguments)).then(() => answer.apply(this, arguments))
    })
    const callback = args[args.length - 1]
    if (typeof callback === 'function') args[args.length - 1] = later(callback, ENDS.done)
    if (invocation !== undefined) quietly(fuse, deferEnds, invocation, later)
    let out: unknown
    try { out = span === undefined ? handler.apply(this, args) : within(frameOf(span), handler, this, args) } catch (error) {
      const isSent = done(error ?? 'unknown')
      // Of a throw the runtime makes what it makes of a rejection, which can wait; but who throws nothing has succeeded.
      if (invocation === undefined || error === undefined || error === null) throw error
      return isSent.then(() => { throw error })
    }
    if (quietly(fuse, isThenable, out) !== true) return out
    return Promise.resolve(out).then(async value => { await done(); return value }, async error => { await done(error ?? 'unknown'); throw error })
  }
}

/** The error among the arguments of an answer; undefined or null: there is none. */
type ErrorOf = (args: ArrayLike<unknown>) => unknown
/** An answer that waits until all is sent. */
type Later = (answer: Function, errorOf: ErrorOf) => Function

/** How handlers answered before there were callbacks. They still may, up to Lambda's Node 22, whose runtime answers by them for a promise, too. */
const ENDS: Record<string, ErrorOf> = { done: ([error]: any) => error, succeed: () => undefined, fail: ([error]: any) => error ?? 'unknown' }
function deferEnds (invocation: any, later: Later): void {
  for (const [name, errorOf] of Object.entries(ENDS)) if (typeof invocation[name] === 'function') invocation[name] = later(invocation[name], errorOf)
}

const isThenable = (out: any): boolean => typeof out?.then === 'function'

function begin (name: string, event: any, invocation: Invocation | undefined): Span {
  const headers: Record<string, string> = Object.create(null)
  for (const [key, value] of Object.entries(Object(event?.headers))) headers[key.toLowerCase()] = String(value)
  const span = root('server', 'lambda', extract(headers))
  span.name = name
  if (span.trace.recording) span.attributes = { 'faas.invocation_id': invocation?.awsRequestId, 'aws.lambda.invoked_arn': invocation?.invokedFunctionArn }
  return span
}

function bounded (work: Promise<void>, limit: number): Promise<void> {
  return silently(() => new Promise(resolve => {
    // Not unref'd: the answer is yet to be sent.
    const timer = setTimeout(resolve, Math.max(limit, 0))
    void work.then(() => { clearTimeout(timer); resolve() })
  }))
}
