import Module from 'node:module'
import { join } from 'node:path'
import { types } from 'node:util'
import { fuseOf, quietly } from './hook/fuse'
import { extract } from './propagation'
import { clearTimeout, setTimeout } from './trace/clock'
import { mimic, silently, within } from './trace/context'
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
 * `handler` is where Lambda finds it below `folder`, as in `src/app.handler`: wrapped when its file is loaded by require. Each invocation is a span.
 */
export function watchHandler (folder: string, handler: string, name: string, flush: (hurry: boolean) => Promise<void>): void {
  const [, path, exported] = /^((?:.*\/)?[^/.]*)\.(.+)$/.exec(handler) ?? []
  if (path === undefined) return
  const files = ['', '.js', '.cjs'].map(extension => join(folder, path + extension))
  const { prototype } = Module as any
  const original = prototype.load
  prototype.load = mimic(original, function (this: { exports: any }, file: string): unknown {
    const out = original.apply(this, arguments)
    if (files.includes(file)) quietly(fuse, replace, this, exported.split('.'), (fn: Function) => waiting(fn, name, flush))
    return out
  })
}

/** The function at `keys` of the exports becomes another. Bundlers export getters that cannot be changed: then the exports become an object above them. */
function replace (module: { exports: any }, keys: string[], by: (fn: Function) => Function): void {
  const last = keys.pop()!
  const holder = keys.reduce((holder, key) => holder?.[key], module.exports)
  const fn = holder?.[last]
  if (typeof fn !== 'function') return
  const value = { value: mimic(fn, by(fn)), enumerable: true, writable: true, configurable: true }
  const there = Object.getOwnPropertyDescriptor(holder, last)
  if (there === undefined || there.configurable === true) Object.defineProperty(holder, last, value)
  else if (keys.length === 0) module.exports = Object.create(holder, { [last]: value })
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

    let over = false
    const done = (error?: unknown): Promise<void> => {
      if (!over) {
        over = true
        clearTimeout(alarm)
        if (error !== undefined && error !== null) span?.fail(error)
        span?.end()
      }
      return bounded(flush(true), Math.min(LIMIT, left() - SPARE))
    }
    const callback = args[args.length - 1]
    if (typeof callback === 'function') {
      args[args.length - 1] = mimic(callback, function (this: unknown, error: unknown) {
        void done(error).then(() => callback.apply(this, arguments))
      })
    }
    let out: unknown
    try { out = span === undefined ? handler.apply(this, args) : within(span, handler, this, args) } catch (error) {
      void done(error)
      throw error
    }
    if (!types.isPromise(out)) return out
    return out.then(async value => { await done(); return value }, async error => { await done(error ?? 'unknown'); throw error })
  }
}

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
