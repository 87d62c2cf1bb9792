import { flush } from '../export'
import { fuseOf } from '../hook/fuse'
import { say } from '../log'
import { extract, inject } from '../propagation'
import { idOf, shortest, type Headers } from '../propagation/propagator'
import { bounded, encoded, merged, valueOf, type Baggage } from '../trace/baggage'
import { clearTimeout, setTimeout } from '../trace/clock'
import { storage } from '../trace/context'
import { isValue, type Described } from '../trace/described'
import { DEBUG, flagsOf, SAMPLED } from '../trace/flags'
import { SILENT, standIn, timeOf, type Kind, type Remote, type Span as Ours } from '../trace/span'
import { childOf, parentOf, root } from '../trace/tracer'
import { wordsOf, type Words } from '../trace/words'
import { read, written } from './binary'

/**
 * OpenTracing's API, and what jaeger-client adds to it, on our spans. The names of the methods are theirs; nothing of the packages is needed here.
 * It knows no active span: one without references is beneath what is active, and so in one trace with what is traced by itself.
 */
const fuse = fuseOf('opentracing')

interface Reference { type (): string, referencedContext (): unknown }
interface SpanOptions { childOf?: unknown, references?: Reference[], tags?: Described, startTime?: number }
/** A format of the application's own, jaeger-client's codec for B3 say. */
interface Codec { inject? (context: SpanContext, carrier: unknown): void, extract? (carrier: unknown): unknown }

const BINARY = 'binary'
const CHILD_OF = 'child_of'
const KINDS = new Map<unknown, Kind>([['client', 'client'], ['server', 'server'], ['producer', 'producer'], ['consumer', 'consumer']])
const CLOSING = 5_000
/** Characters of a baggage item's value (Jaeger's client for Node). */
const LONGEST = 2048

export class Tracer {
  private readonly injectors = new Map<string, Codec>()
  private readonly extractors = new Map<string, Codec>()

  startSpan (name: string, options?: SpanOptions): Span {
    const { childOf: given, references, tags, startTime } = options ?? {}
    const links = (Array.isArray(references) ? references : []).map(reference => ({ type: reference.type(), context: contextOf(reference.referencedContext()) }))
    // A ChildOf is the parent even if it comes after a FollowsFrom (Jaeger).
    const parent = contextOf(given) ?? (links.find(({ type, context }) => type === CHILD_OF && context !== undefined) ?? links.find(({ context }) => context !== undefined))?.context
    const span = fuse.off ? SILENT : begun(parent, KINDS.get(tags?.['span.kind']) ?? 'internal', typeof name === 'string' ? name : undefined)
    if (span !== SILENT) {
      span.rename(name)
      if (startTime) span.startedAt = timeOf(startTime)
    }
    const baggage = links.reduce((all, { context }) => merged(all, context?.items), merged(parent?.items, span.baggage))
    const made = new Span(this, span, baggage).addTags(tags)
    for (const { type, context } of links) {
      if (context?.span === undefined || (type === CHILD_OF && context === parent)) continue
      span.addLink({ context: context.span.spanContext(), attributes: { 'opentracing.ref_type': type } })
    }
    return made
  }

  /** `what`: a span, or its context. */
  inject (what: unknown, format: string, carrier: any): void {
    const context = contextOf(what)
    if (context === undefined || typeof carrier !== 'object' || carrier === null) return
    const codec = this.injectors.get(format)
    if (codec !== undefined) return codec.inject?.(context, carrier)
    const span = context.told()
    if (format !== BINARY) inject(span, carrier, (carrier, name, value) => { carrier[name] = value })
    else if (!span.trace.isNone) carrier.buffer = written(span)
  }

  /** The context of who wrote into the carrier, or what the request being served was made of, if it came from there; null if there is none. */
  extract (format: string, carrier: any): SpanContext | null {
    if (typeof carrier !== 'object' || carrier === null) return null
    const codec = this.extractors.get(format)
    if (codec !== undefined) return contextOf(codec.extract?.(carrier)) ?? null
    return received(format === BINARY ? read(carrier instanceof Uint8Array ? carrier : carrier.buffer) : extract(lowered(carrier))) ?? null
  }

  // What jaeger-client adds.

  registerInjector (format: string, codec: Codec): void { this.injectors.set(format, codec) }
  registerExtractor (format: string, codec: Codec): void { this.extractors.set(format, codec) }

  /** Sends what waits, then calls back: in five seconds at the latest. */
  close (callback?: () => void): void {
    let called = false
    const done = (): void => {
      clearTimeout(timer)
      if (!called) callback?.()
      called = true
    }
    // The one timer of ours that holds the process: the application asks us to.
    const timer = setTimeout(done, CLOSING)
    void flush().then(done)
  }
}

/** The global one. Early delegates of the package (0.13, 0.14.0) call it with themselves as `this`. */
export const tracer = new Tracer()
tracer.startSpan = tracer.startSpan.bind(tracer)
tracer.inject = tracer.inject.bind(tracer)
tracer.extract = tracer.extract.bind(tracer)

function begun (parent: SpanContext | undefined, kind: Kind, name: string | undefined): Ours {
  const here = storage.getStore()
  if (parent?.span !== undefined) return childOf({ span: parent.span, baggage: parent.items, values: undefined }, kind, 'opentracing', name)
  return parent?.remote === undefined || here?.span !== undefined ? childOf(here, kind, 'opentracing', name) : root(kind, 'opentracing', parent.remote, false, name)
}

function lowered (carrier: Record<string, unknown>): Headers {
  const headers: Headers = Object.create(null)
  for (const key of Object.keys(carrier)) if (carrier[key] !== undefined && carrier[key] !== null) headers[key.toLowerCase()] = String(carrier[key])
  return headers
}

function received (remote: Remote | undefined): SpanContext | undefined {
  if (remote === undefined) return undefined
  return remote.traceId === '' ? new SpanContext(undefined, remote.baggage, remote) : new SpanContext(parentOf(remote, true), remote.baggage, undefined)
}

/** The context that a span or a context is, of ours, or of jaeger-client's own; undefined if it is neither, or has no ids. */
function contextOf (what: any): SpanContext | undefined {
  if (what instanceof SpanContext) return what
  if (what instanceof Span) return what.context()
  const { traceIdStr, spanIdStr, flags = 0, baggage, debugId } = Object(typeof what?.context === 'function' ? what.context() : what)
  const items = typeof baggage === 'object' ? bounded(Object.entries(baggage ?? {}).map(([key, value]) => item(key, value))) : undefined
  const traceId = idOf(traceIdStr, 32)
  const spanId = idOf(spanIdStr, 16)
  if (traceId !== undefined && spanId !== undefined) return received({ traceId, spanId, sampled: (flags & (SAMPLED | DEBUG)) !== 0, debug: (flags & DEBUG) !== 0, baggage: items })
  if (!debugId && items === undefined) return undefined
  return received({ traceId: '', spanId: '', sampled: debugId ? true : undefined, debug: Boolean(debugId), debugId: debugId || undefined, baggage: items })
}

/** Immutable, and as good when its span has ended. */
export class SpanContext {
  /** What is begun beneath it has this parent; undefined if headers told no ids. */
  readonly span: Ours | undefined
  readonly items: Baggage | undefined
  /** What headers told, if it was no ids. */
  readonly remote: Remote | undefined
  constructor (span: Ours | undefined, items: Baggage | undefined, remote: Remote | undefined) {
    this.span = span
    this.items = items
    this.remote = remote
  }

  toTraceId (): string { return this.span?.trace.id ?? '' }
  toSpanId (): string { return this.span?.id ?? '' }

  /** What is to be written into carriers: the span, with the baggage of this context. */
  told (): Ours {
    const { span = SILENT, items } = this
    return span.baggage === items ? span : standIn(span.trace, span.spanId, false, items, span.parentId)
  }

  // By these jaeger-client's codecs know a context.
  get traceIdStr (): string { return shortest(this.toTraceId()) }
  get spanIdStr (): string { return this.toSpanId() }
  get parentIdStr (): string { return this.span?.parent ?? '' }
  get flags (): number { return this.span === undefined ? 0 : flagsOf(this.span.trace) }
  get isValid (): boolean { return this.toTraceId() !== '' }
  get baggage (): Record<string, string> { return Object.fromEntries((this.items ?? []).map(item => [item.key, valueOf(item)])) }
  isSampled (): boolean { return (this.flags & SAMPLED) !== 0 }
  isDebug (): boolean { return (this.flags & DEBUG) !== 0 }
  toString (): string { return `${this.traceIdStr}:${this.spanIdStr}:${this.parentIdStr || '0'}:${this.flags.toString(16)}` }
}

export class Span {
  private readonly maker: Tracer
  private readonly span: Ours
  private state: SpanContext
  /** The first error that was logged: what went wrong, if the application says that something did. */
  private failure: { type: unknown, message: unknown } | undefined = undefined
  constructor (maker: Tracer, span: Ours, items: Baggage | undefined) {
    this.maker = maker
    this.span = span
    this.state = new SpanContext(span, items, undefined)
  }

  context (): SpanContext { return this.state }
  tracer (): Tracer { return this.maker }

  setOperationName (name: string): this {
    this.span.updateName(name)
    return this
  }

  setBaggageItem (key: string, value: unknown): this {
    const { items = [] } = this.state
    const added = item(key, String(value).slice(0, LONGEST))
    const kept = bounded([...items.filter(item => folded(item.key) !== folded(key)), added])
    if (kept?.at(-1) === added) this.state = new SpanContext(this.span, kept, undefined)
    else say('warn', `the baggage item '${key}' is not kept: its name is to be one of a header, and all items have room for 64 and 8,192 bytes`)
    return this
  }

  getBaggageItem (key: string): string | undefined {
    const found = this.state.items?.find(item => folded(item.key) === folded(key))
    return found === undefined ? undefined : valueOf(found)
  }

  setTag (key: string, value: unknown): this {
    const { span } = this
    const kind = key === 'span.kind' ? KINDS.get(value) : undefined
    if (kind !== undefined) {
      if (span.recording) span.kind = kind
    } else if (key !== 'error') span.setAttribute(key, plain(value))
    else if (value === true || value === 'true') span.setStatus({ code: 2 })
    else if (span.recording) span.status = undefined
    return this
  }

  addTags (tags: Described | undefined): this {
    const { 'sampling.priority': priority, ...others } = Object(tags)
    // Before the others: they are taken only by what is recorded.
    if (priority !== undefined) this.setTag('sampling.priority', priority)
    for (const key of Object.keys(others)) this.setTag(key, others[key])
    return this
  }

  /** An event; with `event: 'error'` it is an exception. `at`: milliseconds since the epoch. */
  log (fields: Described, at?: number): this {
    if (!this.span.recording) return this
    const { event, ...others } = Object(fields)
    const attributes: Described = {}
    for (const key of Object.keys(others)) if (key !== 'error.object') attributes[key] = plain(others[key])
    if (event !== 'error') this.span.addEvent(typeof event === 'string' ? event : 'log', attributes, at)
    else {
      const { 'error.object': error, 'error.kind': kind, message, stack, ...rest } = { ...others, ...attributes }
      const { name, message: words, stack: trail }: Partial<Words> = Object(error) === error ? wordsOf(error) : {}
      this.failure ??= { type: kind ?? name, message: message ?? words }
      this.span.addEvent('exception', { 'exception.type': kind ?? name, 'exception.message': message ?? words, 'exception.stacktrace': stack ?? trail, ...rest }, at)
    }
    return this
  }

  logEvent (event: string, payload?: unknown): this { return this.log({ event, payload }) }

  /** `at`: milliseconds since the epoch. */
  finish (at?: number): void {
    const { span, failure } = this
    if (failure !== undefined && span.status?.code === 'error') {
      span.setStatus({ code: 2, message: failure.message as string })
      if (typeof failure.type === 'string') span.fail(failure.type)
    }
    span.end(at || undefined)
  }
}

/** Jaeger takes keys that differ by case only, or by what divides their words, for the same: headers do not keep it. */
const folded = (key: string): string => key.replaceAll('_', '-').toLowerCase()
const item = (key: string, value: unknown): Baggage[number] => ({ key, text: encoded(String(value)), form: 'w3c' })

/** A tag of any type, as an attribute: what has no other form is JSON, as Jaeger has it. */
function plain (value: unknown): unknown {
  if (value === undefined || value === null || isValue(value)) return value
  try { return typeof value === 'object' && !(value instanceof Error) ? JSON.stringify(value) : String(value) } catch { return undefined }
}
