import { storage, type Scope } from '../trace/context'
import { frameOf, type Frame } from '../trace/frame'
import { SILENT, Span, standIn, type Remote, type Values } from '../trace/span'
import { routed, servedIn } from '../trace/route'
import { parentOf } from '../trace/tracer'
import type { Baggage as Items } from '../trace/baggage'
import { serialized } from '../trace/state'
import { stateOf } from '../propagation/w3c'
import { handed, isBaggage, shown, type Baggage } from './baggage'

// The keys of OpenTelemetry's API are symbols that every copy of it shares.
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key')
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
// Here an instrumentation of a framework finds the request's span, and tells it the route (@opentelemetry/core, rpc-metadata.ts).
const SERVED = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

/** A span of the API that is not one of ours: it stands for a parent elsewhere. */
interface Foreign { spanContext (): ReturnType<Span['spanContext']> & { traceState?: { serialize (): string } } }
/** A Context as the API has it; its own root is not one of ours. */
export interface AnyContext {
  getValue (key: symbol): unknown
  setValue (key: symbol, value: unknown): AnyContext
  deleteValue (key: symbol): AnyContext
}

const EMPTY: Values = new Map()

/** A Context of OpenTelemetry's API that is at the same time a scope of ours: immutable. */
export class Context implements AnyContext, Scope {
  readonly baggage: Items | undefined
  /** All values but the span and the baggage: no context pins its ancestors. */
  readonly values: Values
  /** The application's own objects: what it put in is what it gets, a span of ours as its frame, which is `parent`. */
  private readonly given: Frame | Foreign | undefined
  private readonly bag: Baggage | undefined
  /** The foreign Context that it was made from. */
  private origin: AnyContext | undefined = undefined
  /** Of the span that `given` is or stands for. */
  private readonly parent: Frame | undefined
  /** Of the span in force. */
  private readonly frame: Frame | undefined
  private constructor (given: Frame | Foreign | undefined, parent: Frame | undefined, bag: Baggage | undefined, items: Items | undefined, values: Values) {
    this.given = given
    this.parent = parent
    this.bag = bag
    this.values = values
    this.baggage = items
    this.frame = values.get(SUPPRESSED) === true ? frameOf(SILENT) : parent
  }

  /** The parent of what is begun here; SILENT where the application suppressed tracing. */
  get span (): Span | undefined { return this.frame?.span }

  getValue (key: symbol): unknown {
    if (key === SPAN) return this.given === this.parent ? this.parent?.span : this.given
    if (key === BAGGAGE) return this.bag ?? (this.baggage === undefined ? undefined : shown(this.baggage))
    if (key === SERVED) return this.values.get(key) ?? metadata(servedIn(this.parent?.span))
    return key === SUPPRESSED && this.parent?.span === SILENT ? true : this.values.get(key)
  }

  setValue (key: symbol, value: unknown): Context {
    const { given, parent, bag, baggage, values } = this
    if (key === SPAN) {
      const span = (value ?? undefined) as Span | Foreign | undefined
      if (span === undefined || isOurs(span)) return this.withSpan(span)
      const parent = meant(span)
      return new Context(span, parent && frameOf(parent), bag, baggage, values)
    }
    if (key === BAGGAGE) return isBaggage(value) ? new Context(given, parent, value, handed(value), values) : new Context(given, parent, undefined, undefined, values)
    return new Context(given, parent, bag, baggage, new Map(values).set(key, value))
  }

  deleteValue (key: symbol): Context {
    if (key === SPAN || key === BAGGAGE) return this.setValue(key, undefined)
    const values = new Map(this.values)
    values.delete(key)
    return new Context(this.given, this.parent, this.bag, this.baggage, values)
  }

  withSpan (span: Span | undefined): Context {
    const frame = span && frameOf(span)
    return new Context(frame, frame, this.bag, this.baggage, this.values)
  }

  /** Nothing, as of the API's own: who writes an object that holds one does not want to know what is in it. */
  toJSON (): object { return {} }

  /** What headers told, as the parent of what is begun here. */
  below (remote: Remote): Context {
    const parent = remote.traceId === '' ? this.parent : frameOf(parentOf(remote, true))
    const baggage = remote.baggage ?? this.baggage
    return new Context(parent === this.parent ? this.given : parent, parent, baggage === this.baggage ? this.bag : undefined, baggage, this.values)
  }

  /** What is to be written into headers: the span, with the baggage that is in force here. */
  told (): Span {
    const { span, baggage } = this
    if (span === undefined) return standIn(SILENT.trace, SILENT.spanId, false, baggage)
    return span === SILENT || span.baggage === baggage ? span : standIn(span.trace, span.spanId, false, baggage, span.parentId)
  }

  /** What is in force, as the API shows it. */
  static active (): AnyContext {
    const scope = storage.getStore()
    if (scope instanceof Context) return scope.origin ?? scope
    if (scope === undefined) return ROOT
    const frame = scope.span && frameOf(scope.span)
    return new Context(frame, frame, undefined, scope.baggage, scope.values ?? EMPTY)
  }

  /** The scope that a Context of the API means. A foreign one is the API's own root, or grown from it: a map, which it keeps under this name. */
  static from (context: AnyContext | null | undefined): Context {
    if (context instanceof Context) return context
    if (context === null || context === undefined) return ROOT
    const entries = (context as { _currentContext?: Values })._currentContext
    let made: Context = ROOT
    for (const key of entries instanceof Map ? entries.keys() : [SPAN, BAGGAGE, SUPPRESSED]) {
      const value = context.getValue(key)
      if (value !== undefined) made = made.setValue(key, value)
    }
    if (made === ROOT) made = new Context(undefined, undefined, undefined, undefined, EMPTY)
    made.origin = context
    return made
  }

  static readonly root = new Context(undefined, undefined, undefined, undefined, EMPTY)
}
const ROOT = Context.root

/** The request's span, as instrumentations of frameworks take it. */
const metadata = (span: Span | undefined): object | undefined => span === undefined ? undefined : {
  type: 'http',
  span,
  get route () { return span.attributes['http.route'] },
  set route (route) { if (typeof route === 'string' && route !== '') routed(span, route) }
}

// What is put into a context may throw when it is looked at (a mock, a Proxy): then it stands for no parent, and nothing is thrown.

function isOurs (span: Span | Foreign): span is Span {
  try { return span instanceof Span } catch { return false }
}

/** The parent that a span of another maker stands for; undefined if it tells no valid ids. */
function meant (foreign: Foreign): Span | undefined {
  try {
    const { traceId, spanId, traceFlags, isRemote, traceState } = foreign.spanContext()
    if (!/^(?!0{32})[0-9a-f]{32}$/.test(traceId) || !/^(?!0{16})[0-9a-f]{16}$/.test(spanId)) return undefined
    // Anybody can make one, also of what no header may have.
    const text = serialized(traceState)
    const state = text === undefined ? undefined : stateOf(text)
    return parentOf({ traceId, spanId, sampled: (traceFlags & 1) === 1, random: (traceFlags & 2) === 2, state }, isRemote === true)
  } catch { return undefined }
}
