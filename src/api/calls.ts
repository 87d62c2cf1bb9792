import { fuseOf, quietly, switchAll } from '../hook/fuse'
import { settle } from '../hook/wrap'
import { active, storage, within } from '../trace/context'
import { childOf } from '../trace/tracer'
import type { Span } from '../trace/span'
import type { Live, Options } from '../index'

const fuse = fuseOf('autospan')

/** What `import ... from 'autospan'` reaches by the preload. `level`: whether spans of level debug are made. */
export function calls (level: string, { status, flush, setSampling }: Pick<Live, 'status' | 'flush' | 'setSampling'>): Live {
  return {
    run (name, options, fn, self, args) {
      const here = storage.getStore()
      if (fuse.blown || here?.span?.trace.recording === false || (options.level === 'debug' && level !== 'debug')) return Reflect.apply(fn, self, args)
      const span = childOf(here, options.kind ?? 'internal', 'autospan')
      span.name = name
      span.named = true
      describe(span, options, args)
      return ending(span, fn, self, args)
    },
    active,
    status,
    flush,
    setSampling,
    enable: () => switchAll(true),
    disable: () => switchAll(false)
  }
}

function describe (span: Span, { attributes }: Options, args: ArrayLike<unknown>): void {
  const given = typeof attributes === 'function' ? quietly(fuse, Reflect.apply, attributes, undefined, args) : attributes
  if (given !== undefined) span.setAttributes(given)
}

function ending (span: Span, fn: Function, self: unknown, args: ArrayLike<unknown>): unknown {
  let out: any
  try { out = within(span, fn, self, args) } catch (error) {
    span.fail(error)
    span.end()
    throw error
  }
  return isIterator(out, fn) ? stepping(span, out) : settle(fuse, span, out)
}

const isIterator = (out: any, fn: Function): boolean => /^(Async)?GeneratorFunction$/.test(fn.constructor.name) && typeof out?.next === 'function'

/** A generator runs in its span step by step, and the span ends with it. */
function stepping (span: Span, generator: any): any {
  for (const method of ['next', 'return', 'throw']) {
    const original = generator[method]
    generator[method] = function (): unknown {
      const over = (step: { done?: boolean }): unknown => { if (step.done === true) span.end(); return step }
      const failed = (error: unknown): never => { span.fail(error); span.end(); throw error }
      let step
      try { step = within(span, original, this, arguments) } catch (error) { return failed(error) }
      return typeof step?.then === 'function' ? step.then(over, failed) : over(step)
    }
  }
  return generator
}
