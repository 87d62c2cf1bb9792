import { EventEmitter } from 'node:events'
import { types } from 'node:util'
import { mimic, storage, within } from '../trace/context'
import { frameOf } from '../trace/frame'
import type { Kind, Span } from '../trace/span'
import { childOf } from '../trace/tracer'
import { fuseOf } from './fuse'
import { settle } from './wrap'

/** What the calls of one of the application's own functions are told as. */
export interface Call {
  /** The span's name. */
  name: string
  /** What makes the name of the call's `this`, in the place of that one. Never throws. */
  nameOf?: (self: unknown) => string
  kind: Kind
  /** Runs only when it is recorded. Never throws. */
  describe? (span: Span, self: unknown, args: ArrayLike<unknown>): void
}

export const fuse = fuseOf('autospan')

/** `fn` with a span around each call, until it returns; of a promise until it is settled; of a generator from its first step to its last. */
export function around (fn: Function, call: Call): Function {
  const isGenerator = types.isGeneratorFunction(fn)
  const wrapper = function (this: unknown): unknown {
    if (new.target !== undefined) return Reflect.construct(fn, arguments, new.target)
    if (isGenerator) return stepping(Reflect.apply(fn, this, arguments), call, this, arguments)
    return isTraced() ? inside(begun(call, this, arguments), fn, this, arguments) : Reflect.apply(fn, this, arguments)
  }
  mimic(fn, wrapper)
  // What decorators said of a method (NestJS: its route) is kept by the function itself.
  const { getOwnMetadataKeys, getOwnMetadata, defineMetadata } = Reflect as any
  for (const key of getOwnMetadataKeys?.(fn) ?? []) defineMetadata(key, getOwnMetadata(key, fn), wrapper)
  return wrapper
}

/** Whether a span is to be begun here: everything is switched on, and the active trace is recorded, if there is one. */
export const isTraced = (): boolean => !fuse.off && storage.getStore()?.span?.trace.recording !== false

export function begun ({ name, nameOf, kind, describe }: Call, self: unknown, args: ArrayLike<unknown>): Span {
  const words = nameOf === undefined ? name : nameOf(self)
  const span = childOf(storage.getStore(), kind, fuse.scope, words)
  span.rename(words)
  if (describe !== undefined && span.recording) describe(span, self, args)
  return span
}

/** Call `fn` in its span, which ends with it. What it throws goes onto the span, and on: the very same error. */
export function inside (span: Span, fn: Function, self: unknown, args: ArrayLike<unknown>): unknown {
  let out
  try { out = within(frameOf(span), fn, self, args) } catch (error) { return failed(span, error) }
  // A server or a stream that a function makes outlives the call.
  if (!isEmitter(out)) return settle(fuse, span, out)
  span.end()
  return out
}

/** A proxy may throw when it is asked. */
function isEmitter (out: unknown): boolean {
  try { return out instanceof EventEmitter } catch { return false }
}

function failed (span: Span, error: unknown): never {
  span.fail(error)
  span.end()
  throw error
}

/** A generator runs in its span step by step; one that nobody steps has no span. */
function stepping (generator: any, call: Call, self: unknown, args: ArrayLike<unknown>): unknown {
  let span: Span | undefined
  let isNew = true
  const over = (step: { done?: boolean }): unknown => {
    if (step.done === true) span!.end()
    return step
  }
  for (const method of ['next', 'return', 'throw']) {
    const original = generator[method]
    const value = function (this: unknown): unknown {
      if (isNew && method === 'next' && isTraced()) span = begun(call, self, args)
      isNew = false
      if (span === undefined || span.endedAt !== 0) return Reflect.apply(original, this, arguments)
      let step
      try { step = within(frameOf(span), original, this, arguments) } catch (error) { return failed(span, error) }
      return types.isPromise(step) ? step.then(over as any, error => failed(span!, error)) : over(step)
    }
    Object.defineProperty(generator, method, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
  }
  return generator
}
