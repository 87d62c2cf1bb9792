import { AsyncLocalStorage } from 'node:async_hooks'
import type { Baggage } from './baggage'
import type { Span, Values } from './span'

/**
 * What is handed along with the flow of the program. Nearly always that is the frame of the active span: one store, no map, no keys.
 * An application that puts values of its own beside it (OpenTelemetry's API) gets a scope of another kind.
 */
export interface Scope {
  readonly span: Span | undefined
  /** The baggage in force. */
  readonly baggage: Baggage | undefined
  readonly values: Values | undefined
}

/** The scope of what is done for nobody in particular: a connection that many will use must not remember who opened it. */
export const NOBODY: Scope = Object.freeze({ span: undefined, baggage: undefined, values: undefined })

export const storage = new AsyncLocalStorage<Scope | undefined>()

/** The scope in force, to be gone back to later; one without a span if there is none. */
export const here = (): Scope => storage.getStore() ?? NOBODY

/** The active span. */
export const active = (): Span | undefined => storage.getStore()?.span

/** Call `fn` with `scope` in force. Reflect.apply is the callback, so that no closure is made. */
export const within = (scope: Scope | undefined, fn: Function, self: unknown, args: ArrayLike<unknown>): any =>
  storage.run(scope, Reflect.apply as any, fn, self, args)

/** Have `scope` in force until what runs now returns to Node. Only for what is nobody's frame but its own: the main script of a thread, a task. */
export const enter = (scope: Scope): void => { storage.enterWith(scope) }

/** `fn`, to be called later and from elsewhere, keeps the context in which it was given. What is no function is returned as it is. */
export function keep<F> (fn: F): F {
  return typeof fn === 'function' ? returning(storage.getStore(), fn) as F : fn
}

/** `fn`, always to be called with `scope` in force. */
export const returning = (scope: Scope | undefined, fn: Function): Function =>
  standIn(fn, function (this: unknown) { return within(scope, fn, this, arguments) })

/** A wrapper of one call's callback has what somebody hung on the callback, but no name and no length: each costs 0.6 µs. */
export function standIn (callback: Function, wrapper: Function): Function {
  try { return Object.keys(callback).length === 0 ? wrapper : mimic(callback, wrapper) } catch { return wrapper }
}

/**
 * A wrapper looks like what it wraps: name, length, prototype, the properties somebody hung on it, and its text, by which some containers find what to inject.
 * What does not let itself be looked at is called all the same.
 */
export function mimic<F extends Function> (original: Function, wrapper: F): F {
  try { return alike(original, wrapper) } catch { return wrapper }
}

function alike<F extends Function> (original: Function, wrapper: F): F {
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key)!
    const ours = Object.getOwnPropertyDescriptor(wrapper, key)
    if (ours === undefined || ours.configurable === true) Object.defineProperty(wrapper, key, property)
    else if (ours.writable === true) (wrapper as any)[key] = (original as any)[key]
  }
  // Who looks for a prototype wants to know whether this is a class.
  if (!Object.hasOwn(original, 'prototype') && Object.hasOwn(wrapper, 'prototype')) wrapper.prototype = undefined
  if (!Object.hasOwn(original, 'toString')) Object.defineProperty(wrapper, 'toString', { value: () => original.toString(), writable: true, configurable: true })
  const prototype = Object.getPrototypeOf(original)
  if (prototype !== Object.getPrototypeOf(wrapper)) Object.setPrototypeOf(wrapper, prototype)
  return wrapper
}
