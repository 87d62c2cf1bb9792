import { EventEmitter } from 'node:events'
import { types } from 'node:util'
import shimmer from 'shimmer'
import { setImmediate } from '../trace/clock'
import { active, mimic, returning, standIn, storage, within } from '../trace/context'
import { frameOf } from '../trace/frame'
import { SILENT, type Remote, type Span } from '../trace/span'
import { isByRequest, outgoing, root } from '../trace/tracer'
import { uncaught } from '../trace/unfinished'
import { quietly, type Fuse } from './fuse'
import type { Layer, Tap, Wrap } from './contract'

/** The engine's own class of promises, which every async function returns. The global one may be another's: of Bluebird, of zone.js. */
const Native = (async () => {})().constructor

// Not `original.apply`: the wrappers of all methods are one text, and V8 would look for it on too many kinds of function to know it.
const { apply } = Reflect

/** For layers: make a span of it always, or only if it took `slow` milliseconds or failed. */
export interface Layers { slow: number }

/** Put a span around a method. */
export function wrap (exports: any, fuse: Fuse, point: Wrap, layers?: Layers): void {
  replace(point, exports, original => spanned(original, fuse, point, layers))
}

/** Make layers of functions. */
export const layerer = (fuse: Fuse, layers: Layers): Layer => (fn, point, as) =>
  typeof fn === 'function' ? mimic(fn, spanned(fn, fuse, point, layers, as)) as typeof fn : fn

function spanned (original: Function, fuse: Fuse, point: Parameters<Layer>[1], layers: Layers | undefined, as?: unknown): (this: any) => any {
  const { kind, before, skip, ignore, from, request, start, carry, leaf, listens, settles, ends, result, failed } = point
  const isEntry = kind === 'server' || kind === 'consumer'

  /** The span of this call; undefined where the active trace is not recorded. */
  function open (caller: Remote | undefined, self: unknown, args: IArguments, hushed: boolean): Span | undefined {
    return isEntry
      ? root(kind, fuse.scope, caller, hushed, request !== undefined && isByRequest() ? quietly(fuse, request, self, args) : undefined)
      : outgoing(kind, fuse.scope, caller)
  }

  return function (this: unknown) {
    if (new.target !== undefined) return Reflect.construct(original, arguments, new.target)
    const args = arguments
    // A layer is a part of a request: without one (a test that injects it, say) it is nothing.
    if (layers !== undefined && active() === undefined) return apply(original, this, args)
    if (fuse.blown) return apply(original, this, args)
    if (before !== undefined) quietly(fuse, before, this, args)
    if (skip !== undefined && quietly(fuse, skip, this, args) !== false) return apply(original, this, args)
    const last = args.length - 1
    const byCallback = ends === undefined && settles === undefined && listens === undefined && last >= 0 && typeof args[last] === 'function'
    if (fuse.off) {
      if (byCallback) args[last] = returning(storage.getStore(), args[last])
      return apply(original, this, args)
    }
    const hushed = ignore !== undefined && quietly(fuse, ignore, this, args) === true
    if (hushed && !isEntry) {
      if (byCallback) args[last] = returning(storage.getStore(), args[last])
      return within(frameOf(SILENT), original, this, args)
    }
    const caller = from === undefined ? undefined : quietly(fuse, from, this, args)
    const span = open(caller ?? undefined, this, args, hushed)
    if (span === undefined || !span.trace.recording) {
      if (carry !== undefined) {
        const here = span ?? active()
        if (here !== undefined) quietly(fuse, carry, here, this, args, caller === null)
      }
      if (byCallback) args[last] = returning(storage.getStore(), args[last])
      return span === undefined || leaf === true ? apply(original, this, args) : within(frameOf(span), original, this, args)
    }
    if (layers !== undefined) span.atLeast = layers.slow
    quietly(fuse, start, span, this, args, as)
    if (carry !== undefined) quietly(fuse, carry, span, this, args, caller === null)
    if (byCallback) args[last] = ending(fuse, span, args[last], point)
    if (settles !== undefined) quietly(fuse, told, fuse, span, quietly(fuse, settles, this, args), point)
    let out
    if (isEntry) {
      // Not `catch`: nobody may catch what an application's handler throws, and an error thrown again is printed with our line above its stack.
      let thrown = true
      try {
        out = within(frameOf(span), original, this, args)
        thrown = false
      } finally { if (thrown) fallen(fuse, span, failed) }
    } else {
      try {
        // A span that may yet be thrown away is nobody's parent.
        out = leaf === true || span.atLeast > 0 ? apply(original, this, args) : within(frameOf(span), original, this, args)
      } catch (error) {
        fail(fuse, span, error, failed)
        throw error
      }
    }
    if (byCallback || settles !== undefined) return out
    if (ends === undefined) return settle(fuse, span, out, result, failed)
    quietly(fuse, ends, span, out, this, args)
    return out
  }
}

/** Look at a method's calls. */
export function tap (exports: any, fuse: Fuse, point: Tap): void {
  const { skip, before, after, answers, inside, argument, always } = point
  const own = point.own?.map(point => ({ ...point, of: (self: unknown) => self }))
  const looked = (original: Function) => function (this: unknown) {
    if (new.target !== undefined) return Reflect.construct(original, arguments, new.target)
    if (fuse.blown && always !== true) return apply(original, this, arguments)
    if (before !== undefined) quietly(fuse, before, this, arguments)
    const scope = inside === undefined ? undefined : quietly(fuse, inside, this, arguments)
    const out = scope === undefined ? apply(original, this, arguments) : within(scope, original, this, arguments)
    if (after !== undefined) quietly(fuse, after, this, out, arguments)
    if (own !== undefined) for (const point of own) quietly(fuse, tap, this, fuse, point)
    return answers === undefined ? out : quietly(fuse, answers, this, out, arguments) ?? out
  }
  // A function of its own, which looks at one argument only: so V8 hands all of them on, and makes no object of them.
  const chosen = (original: Function) => {
    const look = looked(original)
    return function (this: unknown, first?: unknown) {
      if (new.target !== undefined) return Reflect.construct(original, arguments, new.target)
      return apply(!fuse.blown && quietly(fuse, skip, this, first) === true ? original : look, this, arguments)
    }
  }
  const looking = skip === undefined ? looked : chosen
  replace(point, exports, argument === undefined ? looking : original => function (this: unknown) {
    const fn = arguments[argument]
    if (typeof fn === 'function') arguments[argument] = mimic(fn, looking(fn))
    return apply(original, this, arguments)
  })
}

/** What each point has been put around: exports that two files share, or that come twice, are patched once. */
const patched = new WeakMap<Wrap | Tap, WeakSet<object>>()

/** Called with `new`, a wrapper only hands on: what comes out is made by the original. */
function replace (point: Wrap | Tap, exports: any, wrapper: (original: Function) => (this: any) => any): void {
  const holder = point.of(exports)
  if (typeof holder?.[point.method] !== 'function') return
  const holders = patched.get(point) ?? new WeakSet()
  patched.set(point, holders)
  if (holders.has(holder)) return
  const enumerable = isEnumerable(holder, point.method)
  shimmer.wrap(holder, point.method, (original: any) => mimic(original, wrapper(original)) as any)
  Object.defineProperty(holder, point.method, { __proto__: null, enumerable } as PropertyDescriptor)
  holders.add(holder)
}

/** Of a method that is inherited, too: one that is not enumerable would hide it from whoever goes through all that an object has. */
function isEnumerable (holder: any, method: string | symbol): boolean {
  for (let at = holder; at !== null; at = Object.getPrototypeOf(at)) if (Object.hasOwn(at, method)) return Object.prototype.propertyIsEnumerable.call(at, method)
  return false
}

/**
 * The span ends with what the call returned: a promise, an emitter, or a plain value.
 * Answers what the caller is to hold. That is `out` itself, but for a promise: to listen at its side would make it a handled one, and the
 * application would never hear of a rejection that it forgot to catch (measured: exit code 0 where it was 1). So the caller gets the next
 * promise of the chain, of the same class, with the same outcome and with what hangs on it. What may be lazy is not touched: thenables that
 * are no promises, and promises whose class has a `then` of its own.
 */
export function settle (fuse: Fuse, span: Span, out: any, result?: Wrap['result'], failed?: Wrap['failed']): any {
  try {
    if (types.isPromise(out)) {
      if (isEager(out)) return dressed(out, out.constructor === Native ? awaited(fuse, span, out, result, failed) : chained(fuse, span, out, result, failed))
    } else if (isPromise(out)) return chained(fuse, span, out, result, failed)
    else if (out instanceof EventEmitter) {
      observe(fuse, span, out, { result, failed })
      return out
    }
  } catch { /* it throws when it is looked at: that is the caller's affair */ }
  done(fuse, span, out, result)
  return out
}

/** A promise of another library, such as Bluebird: its class has what a class of promises has. A query that can be awaited has not. */
const isPromise = (out: any): boolean =>
  typeof out?.then === 'function' && typeof out.constructor?.resolve === 'function' && typeof out.constructor.reject === 'function'

/** Whether one of the engine's promises goes on by itself. With another `then` than the engine's it may wait until that is called: so do the queries of postgres. */
const isEager = (out: any): boolean => out.then === Native.prototype.then || out.then === rootOf(out).then

/** The prototype that all promises of a realm have: a context of vm, in which jest runs all it tests, has one of its own. */
function rootOf (out: object): any {
  let root = out
  while (Object.getPrototypeOf(Object.getPrototypeOf(root)) !== null) root = Object.getPrototypeOf(root)
  return root
}

/** `next`, with what somebody hung on `out`: its `child` on a promisified execFile's. Nothing under a symbol: by these Node keeps contexts of its own there. */
function dressed (out: any, next: any): any {
  for (const key in out) if (Object.hasOwn(out, key)) Reflect.defineProperty(next, key, Object.getOwnPropertyDescriptor(out, key)!)
  return next
}

/** By `await`, and not by `then`: so the stack of an error goes on to the function that awaits it. */
async function awaited (fuse: Fuse, span: Span, out: Promise<unknown>, result: Wrap['result'], failed: Wrap['failed']): Promise<unknown> {
  let value
  try { value = await out } catch (error) {
    fail(fuse, span, error, failed)
    throw error
  }
  done(fuse, span, value, result)
  return value
}

function chained (fuse: Fuse, span: Span, out: Promise<unknown>, result: Wrap['result'], failed: Wrap['failed']): Promise<unknown> {
  try {
    return out.then(
      value => { done(fuse, span, value, result); return value },
      error => { fail(fuse, span, error, failed); throw error })
  } catch {
    // A class that cannot be chained: its promise is the caller's alone.
    span.end()
    return out
  }
}

/** Not by listeners: they would be counted among the application's, and a tenth of its own would be one too many. */
function observe (fuse: Fuse, span: Span, out: EventEmitter, { result, failed }: Pick<Wrap, 'result' | 'failed'>): void {
  const { emit } = out
  const value = standIn(emit, function (this: unknown, event: unknown, error: any) {
    // Who leaves a stream before its end has not met an error.
    if (event === 'error' && !isAbort(error)) fail(fuse, span, error, failed)
    else if (event === 'error' || event === 'end' || event === 'close') done(fuse, span, undefined, result)
    return emit.apply(this, arguments as any)
  })
  Object.defineProperty(out, 'emit', { value, writable: true, configurable: true, enumerable: false })
}

function isAbort (error: any): boolean {
  try { return error?.code === 'ABORT_ERR' } catch { return false }
}

/**
 * The span ends when the library tells one of the two. A function that is assigned where it is written V8 takes for a method that stays: until its last compiler has this one it makes it in the
 * old space, by its runtime, and there it keeps the span, and what that holds, until all of the heap is collected.
 */
function told (fuse: Fuse, span: Span, holder: any, { result, failed }: Pick<Wrap, 'result' | 'failed'>): void {
  const { resolve, reject } = holder
  if (typeof resolve !== 'function' || typeof reject !== 'function') return
  const resolved = function (this: unknown, value: unknown): unknown {
    done(fuse, span, value, result)
    return resolve.apply(this, arguments)
  }
  const rejected = function (this: unknown, error: unknown): unknown {
    fail(fuse, span, error, failed)
    return reject.apply(this, arguments)
  }
  holder.resolve = resolved
  holder.reject = rejected
}

/** The span ends when its callback is called; the callback itself goes on in its caller's context, not in ours. */
function ending (fuse: Fuse, span: Span, fn: Function, { result, failed }: Pick<Wrap, 'result' | 'failed'>): Function {
  const caller = storage.getStore()
  return standIn(fn, function (this: unknown, error: unknown, value: unknown) {
    if (error) fail(fuse, span, error, failed)
    else done(fuse, span, value, result)
    return within(caller, fn, this, arguments)
  })
}

/** Something was thrown that we have not seen: if nobody catches it we are told, else it stays unknown. */
function fallen (fuse: Fuse, span: Span, failed: Wrap['failed']): void {
  const learn = (error: unknown): void => fail(fuse, span, error, failed)
  uncaught.add(learn)
  setImmediate(() => {
    uncaught.delete(learn)
    learn('_OTHER')
  }).unref()
}

function done (fuse: Fuse, span: Span, value: unknown, result: Wrap['result']): void {
  if (result !== undefined && span.recording) quietly(fuse, result, span, value)
  span.end()
}

function fail (fuse: Fuse, span: Span, error: unknown, failed: Wrap['failed']): void {
  span.fail(error)
  if (failed !== undefined && span.recording) quietly(fuse, failed, span, error)
  span.end()
}
