import { AsyncLocalStorage } from 'node:async_hooks'
import { SILENT, type Span } from './span'

/** The context IS the active span: one store, no map, no keys. */
export const storage = new AsyncLocalStorage<Span | undefined>()

export const active = (): Span | undefined => storage.getStore()

/** Call `fn` with `span` active. Reflect.apply is the callback, so that no closure is made. */
export const within = (span: Span | undefined, fn: Function, self: unknown, args: ArrayLike<unknown>): any =>
  storage.run(span, Reflect.apply as any, fn, self, args)

/** Call `fn` so that nothing it does is traced, nor told to anybody by a header. */
export const silently = <T>(fn: () => T): T => storage.run(SILENT, fn)

/** `fn`, to be called later and from elsewhere, keeps the context in which it was given. What is no function is returned as it is. */
export function keep<F> (fn: F): F {
  if (typeof fn !== 'function') return fn
  const here = active()
  return mimic(fn, function (this: unknown) { return within(here, fn, this, arguments) }) as F
}

/** A wrapper looks like what it wraps: name, length, prototype, and the properties somebody hung on it. */
export function mimic<F extends Function> (original: Function, wrapper: F): F {
  for (const key of Reflect.ownKeys(original)) {
    const property = Object.getOwnPropertyDescriptor(original, key)!
    const ours = Object.getOwnPropertyDescriptor(wrapper, key)
    if (ours === undefined || ours.configurable === true) Object.defineProperty(wrapper, key, property)
    else if (ours.writable === true) (wrapper as any)[key] = (original as any)[key]
  }
  const prototype = Object.getPrototypeOf(original)
  if (prototype !== Object.getPrototypeOf(wrapper)) Object.setPrototypeOf(wrapper, prototype)
  return wrapper
}
