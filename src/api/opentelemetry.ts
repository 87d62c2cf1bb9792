import { extract, fields as propagationFields, inject } from '../propagation'
import { returning, within } from '../trace/context'
import { millisOf, type Time } from '../trace/clock'
import type { Described } from '../trace/described'
import { SILENT, Span, type Kind, type Library } from '../trace/span'
import { childOf } from '../trace/tracer'
import { Context, type AnyContext } from './context'

/**
 * OpenTelemetry's API, 1.x: autospan is its tracer provider, its context manager and its propagator. Nothing of the package is needed here:
 * what stands below has the shape of its interfaces.
 */
interface SpanOptions {
  kind?: number
  attributes?: Described
  links?: Array<Parameters<Span['addLink']>[0]>
  startTime?: Time
  root?: boolean
}
const KINDS: Kind[] = ['internal', 'server', 'client', 'producer', 'consumer']

export class Tracer {
  private readonly scope: Library
  constructor (scope: Library) { this.scope = scope }

  startSpan (name: string, options: SpanOptions = {}, context: AnyContext = Context.active()): Span {
    const here = Context.from(context)
    if (here.span === SILENT) return SILENT
    const span = childOf(options.root === true ? Context.root : here, KINDS[options.kind ?? 0] ?? 'internal', this.scope)
    span.name = String(name)
    span.named = true
    if (options.startTime !== undefined) span.startedAt = millisOf(options.startTime)
    if (options.attributes !== undefined) span.setAttributes(options.attributes)
    if (options.links !== undefined) span.addLinks(options.links)
    return span
  }

  /** (name, fn), (name, options, fn) or (name, options, context, fn): fn is called with the new span, which is active in it. The span ends when fn says so. */
  startActiveSpan (name: string, a: SpanOptions | Function, b?: AnyContext | Function, c?: Function): unknown {
    const fn = (c ?? b ?? a) as Function
    const options = typeof a === 'function' ? {} : a
    const context = typeof b === 'function' || b === undefined ? Context.active() : b
    const span = this.startSpan(name, options, context)
    return within(Context.from(context).withSpan(span), fn, undefined, [span])
  }
}

const tracers = new Map<string, Tracer>()
export const tracerProvider = {
  /** One tracer for each library: some ask for theirs with every span. */
  getTracer (name?: string, version?: string): Tracer {
    const key = `${name}@${version}`
    const known = tracers.get(key)
    if (known !== undefined) return known
    const tracer = new Tracer({ name: name || 'unknown', version: version || undefined })
    if (tracers.size < 1000) tracers.set(key, tracer)
    return tracer
  }
}

export const contextManager = {
  active: Context.active,
  with: (context: AnyContext, fn: Function, self?: unknown, ...rest: unknown[]): unknown => within(Context.from(context), fn, self, rest),
  /** A function that runs in the context, or an emitter whose listeners, those that are added from now on, do. Anything else is returned as it is. */
  bind (context: AnyContext, target: any): unknown {
    const scope = Context.from(context)
    if (typeof target === 'function') return returning(scope, target)
    if (typeof target?.on === 'function' && typeof target.emit === 'function') bindEmitter(scope, target)
    return target
  },
  enable (): unknown { return this },
  disable (): unknown { return this }
}

interface Getter { keys (carrier: unknown): string[], get (carrier: unknown, key: string): string | string[] | undefined }
interface Setter { set (carrier: unknown, key: string, value: string): void }

/** The formats of OTEL_PROPAGATORS. */
export const propagator = {
  fields: propagationFields,
  inject (context: AnyContext, carrier: unknown, setter: Setter): void {
    inject(Context.from(context).told(), carrier, (carrier, name, value) => setter.set(carrier, name, value))
  },
  extract (context: AnyContext, carrier: unknown, getter: Getter): AnyContext {
    const headers = Object.create(null)
    for (const key of getter.keys(carrier)) headers[key.toLowerCase()] = getter.get(carrier, key)
    const remote = extract(headers)
    return remote === undefined ? context : Context.from(context).below(remote)
  }
}

/** Listeners that are added from now on run in the scope; they can be removed as ever. */
function bindEmitter (scope: Context, emitter: any): void {
  let inside = false
  for (const method of ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener']) {
    const original = emitter[method]
    emitter[method] = function (event: string | symbol, listener: Function): unknown {
      // once() adds what it makes of the listener by on().
      if (inside || typeof listener !== 'function') return original.call(this, event, listener)
      inside = true
      try { return original.call(this, event, returning(scope, listener)) } finally {
        inside = false
        // Node finds a wrapped listener by this property when it is removed.
        const added = this.rawListeners(event).at(method.startsWith('prepend') ? 0 : -1)
        if (added !== undefined) added.listener = listener
      }
    }
  }
}
