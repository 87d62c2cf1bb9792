import { EventEmitter } from 'node:events'
import { fuseOf } from '../hook/fuse'
import { extract, fields as propagationFields, inject } from '../propagation'
import type { Headers } from '../propagation/propagator'
import { mimic, returning, within } from '../trace/context'
import type { Time } from '../trace/clock'
import type { Described } from '../trace/described'
import { SILENT, Span, timeOf, type Kind, type Library } from '../trace/span'
import { childOf, rootIn } from '../trace/tracer'
import { Context, type AnyContext } from './context'

/**
 * OpenTelemetry's API, 1.x: autospan is its tracer provider, its context manager and its propagator. Nothing of the package is needed here:
 * what stands below has the shape of its interfaces.
 */
const fuse = fuseOf('opentelemetry')

interface SpanOptions {
  kind?: number
  attributes?: Described
  links?: Array<Parameters<Span['addLink']>[0]>
  startTime?: Time
  root?: boolean
}
const KINDS: Kind[] = ['internal', 'server', 'client', 'producer', 'consumer']

interface Options { schemaUrl?: string }
interface ForeignTracer { startSpan (name: string, options?: SpanOptions, context?: AnyContext): unknown, startActiveSpan (): unknown }
export interface Provider { getTracer (name?: string, version?: string, options?: Options): ForeignTracer }

let successor: Provider | undefined
/** The application has brought a provider of its own: our tracers, which it may have got before, hand on to that one's from here on. */
export function succeed (provider: Provider): void { successor = provider }

export class Tracer {
  private readonly scope: Library
  private readonly options: Options | undefined
  private next: ForeignTracer | undefined = undefined
  constructor (scope: Library, options: Options | undefined) {
    this.scope = scope
    this.options = options
  }

  startSpan (name: string, options?: SpanOptions | null, context?: AnyContext): Span {
    if (successor !== undefined) return this.successor().startSpan(name, options ?? undefined, context) as Span
    const { root, kind = 0, startTime, attributes, links } = options ?? {}
    const here = Context.from(context ?? Context.active())
    if (fuse.off || here.span === SILENT) return SILENT
    const operation = typeof name === 'string' ? name : undefined
    const span = (root === true ? rootIn : childOf)(here, KINDS[kind] ?? 'internal', this.scope, operation)
    span.rename(name)
    if (startTime != null) span.startedAt = timeOf(startTime)
    if (attributes !== undefined) span.setAttributes(attributes)
    if (links !== undefined) span.addLinks(links)
    return span
  }

  /**
   * (name, fn), (name, options, fn) or (name, options, context, fn): fn is called with the new span, which is active in it. The span ends when fn says so.
   * Nothing is done with a name alone, as by OpenTelemetry's own tracers.
   */
  startActiveSpan (name: string, a: SpanOptions | Function, b?: AnyContext | Function, c?: Function): unknown {
    if (successor !== undefined) return Reflect.apply(this.successor().startActiveSpan, this.next, arguments)
    if (arguments.length < 2) return undefined
    const fn = (c ?? b ?? a) as Function
    const options = typeof a === 'function' ? undefined : a
    const context = typeof b === 'function' ? undefined : b
    const here = Context.from(context ?? Context.active())
    const span = this.startSpan(name, options, here)
    return within(here.withSpan(span), fn, undefined, [span])
  }

  private successor (): ForeignTracer { return this.next ??= successor!.getTracer(this.scope.name, this.scope.version, this.options) }
}

/** A name or a version: an encoder takes nothing but texts. */
const wordOf = (value: unknown): string => typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

const tracers = new Map<string, Tracer>()
export const tracerProvider = {
  /** One tracer for each library: some ask for theirs with every span. */
  getTracer (name?: string, version?: string, options?: Options): Tracer {
    const scope = { name: wordOf(name) || 'unknown', version: wordOf(version) || undefined }
    const key = `${scope.name}@${scope.version}`
    const known = tracers.get(key)
    if (known !== undefined) return known
    const tracer = new Tracer(scope, options)
    if (tracers.size < 1000) tracers.set(key, tracer)
    return tracer
  }
}

export const contextManager = {
  active: Context.active,
  with: (context: AnyContext, fn: Function, self?: unknown, ...rest: unknown[]): unknown => within(Context.from(context), fn, self, rest),
  /** A function that runs in the context, or an emitter whose listeners, those that are added from now on, do. Anything else is returned as it is. */
  bind (context: AnyContext, target: unknown): unknown {
    const scope = Context.from(context)
    if (target instanceof EventEmitter) bindEmitter(scope, target)
    else if (typeof target === 'function') return mimic(target, function (this: unknown) { return within(scope, target, this, arguments) })
    return target
  },
  enable (): unknown { return this },
  disable (): unknown { return this }
}

interface Getter { keys? (carrier: unknown): string[], get (carrier: unknown, key: string): unknown }
interface Setter { set (carrier: unknown, key: string, value: string): void }

/** A header, if it is one: of what is not there some carriers say null, and they may hold anything. */
const texts = (value: unknown): string | string[] | undefined =>
  typeof value === 'string' || (Array.isArray(value) && value.every(text => typeof text === 'string')) ? value : undefined

/** The formats of OTEL_PROPAGATORS. */
export const propagator = {
  fields: propagationFields,
  inject (context: AnyContext, carrier: unknown, setter: Setter): void {
    inject(Context.from(context).told(), carrier, (carrier, name, value) => setter.set(carrier, name, value))
  },
  extract (context: AnyContext, carrier: unknown, getter: Getter): AnyContext {
    const headers: Headers = Object.create(null)
    for (const key of getter.keys?.(carrier) ?? []) headers[key.toLowerCase()] = texts(getter.get(carrier, key))
    // Some know what they are asked for, but not what there is.
    for (const name of propagationFields()) headers[name] ??= texts(getter.get(carrier, name))
    const remote = extract(headers)
    return remote === undefined ? context : Context.from(context).below(remote)
  }
}

const BOUND = Symbol('autospan.bound')

/** Listeners that are added from now on run in the scope; they can be removed as ever. The first scope stays. */
function bindEmitter (scope: Context, emitter: any): void {
  if (emitter[BOUND] === true) return
  emitter[BOUND] = true
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
