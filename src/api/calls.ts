import { switchAll } from '../hook/fuse'
import { around, begun, inside, isTraced, type Call } from '../hook/call'
import { say } from '../log'
import { active } from '../trace/context'
import type { Live, Options } from '../index'

/** What `import ... from 'autospan'` reaches by the preload. `level`: whether spans of level debug are made. */
export function calls (level: string, others: Pick<Live, 'status' | 'flush' | 'setSampling' | 'collect'>): Live {
  const isLeftOut = (options: Options): boolean => options.level === 'debug' && level !== 'debug'
  const traced = (fn: Function, options: Options, name = fn.name || 'anonymous', nameOf?: Call['nameOf']): Function =>
    isLeftOut(options) ? fn : around(fn, callOf(options, name, nameOf))

  /** `key` is where the method will be found, by which the name of its class is. */
  function method (fn: Function, options: Options, key: string | symbol): Function {
    let name: string | undefined
    const wrapper = traced(fn, options, undefined, self => name ??= `${holderOf(self, key, wrapper)}${typeof key === 'symbol' ? `[${String(key.description)}]` : key}`)
    return wrapper
  }

  return {
    ...others,
    active,
    span (name, options, fn, none) {
      if (isLeftOut(options)) return fn(none)
      // Where the trace is not recorded its ids are still of use.
      if (!isTraced()) return fn(active()?.recording === false ? active()! : none)
      const args: unknown[] = []
      const span = args[0] = begun(callOf(options, name), undefined, args)
      return inside(span, fn, undefined, args)
    },
    traced,
    decorated (options, subject, context, descriptor) {
      // Standard decorators are given the function and a context, legacy ones a prototype (or a class), a key and a descriptor.
      if (typeof context === 'object') {
        if (context.kind === 'method') return method(subject, options, context.name)
        if (context.kind === 'field') return (value: unknown) => typeof value === 'function' ? traced(value, options, String(context.name)) : value
      } else if (typeof descriptor?.value === 'function') descriptor.value = method(descriptor.value, options, context)
      return undefined
    },
    enable: () => switchAll(true),
    disable: () => switchAll(false)
  }
}

function callOf ({ name, kind = 'internal', attributes }: Options, otherwise: string, nameOf?: Call['nameOf']): Call {
  return {
    name: name ?? otherwise,
    nameOf: name == null ? nameOf : undefined,
    kind,
    describe: attributes === undefined ? undefined : (span, self, args) => {
      try {
        span.setAttributes(typeof attributes === 'function' ? Reflect.apply(attributes, self, args) : attributes)
      } catch {
        say('warn', `what is to make the attributes of the span '${span.name}' fails, so it has none`)
      }
    }
  }
}

/** 'OrderService.', if that is the class (or its subclass) with this very method; empty if there is none. Never throws. */
function holderOf (self: any, key: string | symbol, method: Function): string {
  try {
    for (let holder = self; holder != null; holder = Object.getPrototypeOf(holder)) {
      if (Object.getOwnPropertyDescriptor(holder, key)?.value !== method) continue
      const { name } = typeof holder === 'function' ? holder : holder.constructor
      return name === '' ? '' : `${String(name)}.`
    }
  } catch { /* a Proxy may do as it likes */ }
  return ''
}
