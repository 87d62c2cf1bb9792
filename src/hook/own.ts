import Module from 'node:module'
import { types } from 'node:util'
import { say } from '../log'
import { mimic } from '../trace/context'
import { endings } from '../trace/unfinished'
import { standBefore } from './before'
import { around, fuse } from './call'
import { quietly } from './fuse'
import { finder, type Target } from './ownfile'

/**
 * Functions and methods of the application's own, traced by module and name as they load (AUTOSPAN_TRACE). Nothing of this is loaded
 * where nothing is named.
 */
export function own (targets: Target[]): void {
  const find = finder(targets)
  const open = new Open(targets)
  endings.add(() => open.tellRest())

  const done = new WeakSet<NodeModule>()
  const loaded = (file: string, module: NodeModule): void => {
    if (done.has(module)) return
    done.add(module)
    const found = find(file)
    if (found.length > 0) new Exports(module.exports, file, false).trace(found, open, exports => { module.exports = exports })
  }
  for (const file in require.cache) if (require.cache[file]!.loaded) quietly(fuse, loaded, file, require.cache[file])
  // When a file has run, for at the end of `load` its exports have been taken for those who import it; an ES module that is required has but the latter.
  const prototype = (Module as any).prototype
  for (const [method, nameOf] of [['_compile', (args: any) => args[1]], ['load', (args: any) => args[0]]] as const) {
    const original = prototype[method]
    prototype[method] = mimic(original, function (this: any): unknown {
      const out = original.apply(this, arguments)
      quietly(fuse, loaded, nameOf(arguments), this)
      return out
    })
  }

  standBefore(targets, {
    loaded: (file, all) => quietly(fuse, () => new Exports(all, file, true).trace(find(file), open, () => {})),
    made (file, key, value) {
      if (typeof value !== 'function' || isClass(value)) return value
      const isMeant = ({ names }: Target): boolean => names.includes(key) || names.includes('*') || (key === 'default' && names.includes(value.name))
      return find(file).some(isMeant) ? traced(value, key, file) : value
    }
  })
}

/** What was made of a function, whoever exports it, and what it was made of. */
const made = new WeakMap<Function, Function>()
function traced (fn: Function, name: string, file: string): Function {
  const known = made.get(fn)
  if (known !== undefined) return known
  const called = name === 'default' ? fn.name || name : name
  const wrapper = around(fn, {
    name: called,
    kind: 'internal',
    describe (span) { span.attributes = { 'code.function.name': called, 'code.file.path': file } }
  })
  made.set(fn, wrapper)
  made.set(wrapper, wrapper)
  return wrapper
}

/** A class, or a function that is used as one. */
function isClass (value: unknown): boolean {
  if (typeof value !== 'function') return false
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype')
  return prototype !== undefined && (prototype.writable === false || (Object.keys(prototype.value ?? {}).length > 0 && !types.isGeneratorFunction(value)))
}

/** What of the targets has not been found yet, so that it can be said. */
class Open {
  private readonly rest = new Map<Target, Set<string>>()
  private readonly met = new Map<Target, Set<string>>()
  constructor (targets: Target[]) { for (const target of targets) this.rest.set(target, new Set(target.names)) }

  found (target: Target, name: string): void { this.rest.get(target)!.delete(name) }

  /** A file of the target was looked through, which has these names; of several files each may have what the others have not. */
  over (target: Target, exports: string[]): void {
    const met = this.met.get(target) ?? new Set()
    this.met.set(target, met)
    for (const name of exports) met.add(name)
    if (!target.module.includes('*')) this.tell(target)
  }

  private tell (target: Target): void {
    const rest = this.rest.get(target)!
    if (rest.size === 0) return
    const met = [...this.met.get(target)!]
    const there = met.length === 0 ? 'exports nothing that can be traced' : `exports ${met.slice(0, 20).join(', ')}${met.length > 20 ? ', ...' : ''}`
    say('warn', `AUTOSPAN_TRACE: ${target.module} has no ${[...rest].join(', ')}; it ${there}`)
    rest.clear()
  }

  tellRest (): void {
    for (const target of this.rest.keys()) {
      if (this.met.has(target)) this.tell(target)
      else say('warn', `AUTOSPAN_TRACE: nothing was loaded that is ${target.module}`)
    }
  }
}

/** What a module exports. */
class Exports {
  private exports: any
  private readonly file: string
  /** Of an ES module that another one stands before, which puts the functions in place. */
  private readonly isImported: boolean
  constructor (exports: any, file: string, isImported: boolean) {
    this.exports = exports
    this.file = file
    this.isImported = isImported
  }

  /** Put a span around all that the targets name; `replace` is called if that takes another exports object. */
  trace (targets: Target[], open: Open, replace: (exports: any) => void): void {
    const { exports } = this
    for (const target of targets) {
      // A name that is not exported may be one more method of the class before it: `OrderService.place,price`.
      let holder = ''
      for (const name of target.names) {
        holder = /^[^.]+(?=\.)/.exec(name)?.[0] ?? holder
        if (attempt(() => this.name(name) || this.method(holder, name)) === true) open.found(target, name)
      }
      open.over(target, attempt(() => namesOf(exports)) ?? [])
    }
    if (this.exports !== exports) replace(this.exports)
  }

  /** Whether there is anything of this name. */
  private name (name: string): boolean {
    const at = name.indexOf('.')
    if (at > 0) return this.method(name.slice(0, at), name.slice(at + 1))
    if (name !== '*') return this.function(name)
    const whole = typeof this.exports === 'function' ? ['default'] : []
    return [...Object.keys(this.exports), ...whole].filter(key => attempt(() => this.function(key))).length > 0
  }

  /** Where a name lies: the property of that name, else the default if it is called so, else (null) what is exported as a whole. */
  private place (name: string): string | null | undefined {
    const { exports } = this
    if (exports === null || !/^(object|function)$/.test(typeof exports)) return undefined
    if (Object.hasOwn(exports, name)) return name
    if (Object.hasOwn(exports, 'default') && exports.default?.name === name) return 'default'
    return name === 'default' || (typeof exports === 'function' && exports.name === name) ? null : undefined
  }

  private function (name: string): boolean {
    const place = this.place(name)
    // What is exported as a whole may be an object with methods.
    if (place === undefined) return this.replace(this.exports, name, name)
    const fn = place === null ? this.exports : this.exports[place]
    if (typeof fn !== 'function' || isClass(fn)) return false
    if (this.isImported) return true
    const wrapper = traced(fn, name, this.file)
    if (place === null) this.exports = wrapper
    else this.put(place, fn, wrapper)
    return true
  }

  /** In place of a getter stands a getter. Exports that cannot be changed (getters of TypeScript and esbuild) give way to others that look into them. */
  private put (key: string, fn: Function, wrapper: Function): void {
    const { get, enumerable } = Object.getOwnPropertyDescriptor(this.exports, key)!
    const property = get === undefined
      ? { value: wrapper, enumerable, writable: true, configurable: true }
      : { get: () => { const now = Reflect.apply(get, this.exports, []); return now === fn ? wrapper : now }, enumerable, configurable: true }
    if (Reflect.defineProperty(this.exports, key, property)) return
    this.exports = forwarding(this.exports)
    Object.defineProperty(this.exports, key, property)
  }

  /** A method of a class, a static one, or one of an object. */
  private method (holder: string, method: string): boolean {
    const place = this.place(holder)
    if (place === undefined) return false
    const held = place === null ? this.exports : this.exports[place]
    const called = holder === 'default' ? held?.name || holder : holder
    const holders = isClass(held) ? [held.prototype, held] : [held]
    const names = (of: any): string[] => method === '*' ? Object.getOwnPropertyNames(of).filter(name => name !== 'constructor') : [method]
    return holders.flatMap(of => names(of).filter(name => this.replace(of, name, `${called}.${name}`))).length > 0
  }

  private replace (holder: any, key: string, name: string): boolean {
    for (let owner = holder; owner != null && owner !== Object.prototype && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {
      const property = Object.getOwnPropertyDescriptor(owner, key)
      if (property === undefined) continue
      const { value } = property
      return typeof value === 'function' && !isClass(value) && Reflect.defineProperty(holder, key, { ...property, value: traced(value, name, this.file) })
    }
    return false
  }
}

/** What could be named. What stands behind getters is not looked at: it may be loaded by that. */
function namesOf (exports: any): string[] {
  const whole = typeof exports === 'function' && !isClass(exports) ? [exports.name || 'default'] : []
  const all: Array<[string, PropertyDescriptor]> = isClass(exports) ? [[exports.name, { value: exports }]] : Object.entries(Object.getOwnPropertyDescriptors(exports ?? {}))
  return [...whole, ...all.flatMap(([name, { value, get }]) =>
    isClass(value) ? [...methods(value.prototype), ...methods(value)].map(method => `${name}.${method}`)
      : typeof value === 'function' || get !== undefined ? [name]
        : typeof value === 'object' && value !== null ? methods(value).map(method => `${name}.${method}`)
          : [])]
}

/** Exports may do as they like when they are looked at: a Proxy, a getter that throws. */
function attempt<T> (look: () => T): T | undefined {
  try { return look() } catch { return undefined }
}

const methods = (holder: object): string[] => Object.entries(Object.getOwnPropertyDescriptors(holder))
  .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function').map(([name]) => name)

function forwarding (exports: any): object {
  const properties: PropertyDescriptorMap = {}
  for (const key of Reflect.ownKeys(exports) as string[]) {
    properties[key] = {
      get: () => exports[key],
      set (value) { exports[key] = value },
      enumerable: Object.getOwnPropertyDescriptor(exports, key)!.enumerable,
      configurable: true
    }
  }
  return Object.create(Object.getPrototypeOf(exports), properties)
}
