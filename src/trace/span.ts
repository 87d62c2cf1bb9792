import type { Baggage } from './baggage'
import type { Attributes } from './semconv'
import { millisOf, now, type Time } from './clock'
import { define, describe, isValue, type Described, type Part } from './described'
import type { Frame } from './frame'
import { hexOf, NO_TRACE, SpanId, TraceId } from './id'
import { serialized, TraceState } from './state'
import { closed } from './unfinished'
import { wordsOf } from './words'

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** What all spans of one trace in this process share. */
export class Trace {
  readonly traceId: TraceId
  /** What others are told, and what the flags of its spans say. */
  sampled: boolean
  /** Whether its spans are described: it is sampled, or what becomes of it is known only in the end (see Held). */
  recording: boolean
  /** Why its spans are exported though it is not sampled. */
  kept: Kept | undefined = undefined
  /** Whether the low 56 bits of the id are known to be random (W3C level 2, flag 02). */
  readonly random: boolean
  /** The `tracestate` header to send on, as it is. */
  readonly state: string | undefined
  /** Somebody wants to see this very trace, whatever it costs (B3 and Jaeger `debug`): it is sampled, everywhere. */
  debug = false
  /** Jaeger: it is to be kept, but not indexed. */
  firehose = false
  /** The span of whoever called this process. */
  caller: SpanId | undefined = undefined
  /** Ids of spans that headers in other formats told of in its place: somebody on the way knows but one of them. */
  others: readonly string[] | undefined = undefined
  /** What is told of the trace as a whole, on its first span here. */
  notes: Attributes | undefined = undefined
  /** Of the first span of this trace in this process: the request itself. */
  entry: Frame | undefined = undefined
  constructor (id: TraceId, sampled: boolean, random: boolean, state: string | undefined) {
    this.traceId = id
    this.sampled = sampled
    this.recording = sampled
    this.random = random
    this.state = state
  }

  /** 32 hex digits; empty for what is never to be traced. */
  get id (): string { return this.traceId.hex }

  /** Whether it is what is never to be traced. */
  get isNone (): boolean { return this.traceId === NO_TRACE }

  /** W3C: 1 if it is sampled, 2 if its id is known to be random. */
  get flags (): number { return (this.sampled ? 1 : 0) | (this.random ? 2 : 0) }

  calledBy (caller: SpanId | undefined, others: readonly string[] | undefined): void {
    this.caller = caller
    this.others = others
  }

  /** Whether the caller told of a span by this id. */
  isCaller (spanId: string): boolean { return this.caller?.hex === spanId || this.others?.includes(spanId) === true }

  /** The same trace, to be decided on otherwise for some of its spans. */
  forked (): Trace {
    const fork = new Trace(this.traceId, this.sampled, this.random, this.state)
    fork.firehose = this.firehose
    fork.calledBy(this.caller, this.others)
    fork.entry = this.entry
    return fork
  }
}
export type Kept = 'error' | 'slow'

/** What headers told of the caller in another process. */
export interface Remote {
  /** 32 hex digits; empty if there are no ids: then only what the rest says is known. */
  traceId: string
  spanId: string
  /** Ids of other spans, which formats told that go behind. */
  others?: readonly string[]
  /** Whether the trace is recorded; undefined: that is left to us. */
  sampled: boolean | undefined
  debug?: boolean
  firehose?: boolean
  random?: boolean
  state?: string
  /** The value of a `jaeger-debug-id`, by which somebody will look for the trace. */
  debugId?: string
  /** The caller's span is ours too, and this is its parent: one span for both sides of a request (Zipkin, B3); empty for a root. */
  sharedParent?: string
  baggage?: Baggage
}

/** Values of the application's own, by their keys, as OpenTelemetry's API has them. */
export type Values = ReadonlyMap<symbol, unknown>

export interface Event extends Part { name: string, at: number }
/** Ids of 32 and 16 hex digits. */
export interface Link extends Part { traceId: string, spanId: string, state: string | undefined }
export interface Status { code: 'ok' | 'error', message: string | undefined }

/** Who makes spans by an API of tracing: an instrumentation scope of OpenTelemetry. One object for all its spans. */
export interface Library { readonly name: string, readonly version: string | undefined }

/** How much a span takes of what the application hangs on it (OpenTelemetry: span limits); the rest is counted in `dropped`, of the span or of the event or link. */
export interface Limits { attributes: number, events: number, links: number, eventAttributes: number, linkAttributes: number }
let limits: Limits = { attributes: 128, events: 128, links: 128, eventAttributes: 128, linkAttributes: 128 }
export function limitWith (chosen: Limits): void { limits = chosen }
export interface Dropped { attributes: number, events: number, links: number }

const NONE: Attributes = Object.freeze({})
const INVALID = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }
let sink: (span: Span) => void = () => {}
let settle: (trace: Trace) => void = () => {}
/** Ended spans go here, and traces on which the application has decided itself. Set once, by start.ts. */
export function sendTo (receive: (span: Span) => void, decided: (trace: Trace) => void = () => {}): void {
  sink = receive
  settle = decided
}

export class Span {
  trace: Trace
  readonly spanId: SpanId
  /** The parent's id; none at the root of a trace. No pointer to a span: a leaked frame must not pin a trace. */
  readonly parentId: SpanId | undefined
  /** Whether the parent lives in another process. */
  readonly remote: boolean
  /** Whether the caller reports a span of this id, too: its client side (Zipkin). */
  readonly shared: boolean
  /** OpenTracing may tell it late. */
  kind: Kind
  /** The patch that made it, or who else. */
  readonly scope: string | Library
  name: string
  /** Whether the application chose the name: then nobody else does. */
  named = false
  /** Milliseconds since the epoch. */
  startedAt: number
  endedAt = 0
  /** Milliseconds that it must have taken to be told of, unless it failed. */
  atLeast = 0
  attributes: Attributes
  /** What the application itself said of the outcome; it goes before `error`. */
  status: Status | undefined = undefined
  /** What went wrong, kept as it is and made into words at export: an error, or a string that is its `error.type`. */
  error: unknown = undefined
  events: Event[] | undefined = undefined
  links: Link[] | undefined = undefined
  dropped: Dropped | undefined = undefined
  /** The baggage in force here, handed down to the children. */
  baggage: Baggage | undefined
  /** Values that the application put beside its spans, handed down to the children. */
  values: Values | undefined
  /** Its neighbours among the spans that have not ended (see unfinished.ts); it has none when it has ended. */
  older: Span | undefined = undefined
  newer: Span | undefined = undefined
  /** What stands for it in the flow, if it was ever handed along (see frameOf). */
  frame: Frame | undefined = undefined
  constructor (trace: Trace, parent: SpanId | undefined, remote: boolean, kind: Kind, scope: string | Library, baggage: Baggage | undefined, values?: Values, callers?: SpanId,
    at?: number) {
    this.trace = trace
    this.spanId = callers ?? SpanId.next()
    this.shared = callers !== undefined
    this.parentId = parent
    this.remote = remote
    this.kind = kind
    this.scope = scope
    this.name = typeof scope === 'string' ? scope : scope.name
    // What is never traced has no time, nor needs a clock to be loaded for it.
    this.startedAt = at ?? (trace.isNone ? NaN : now())
    this.attributes = NONE
    this.baggage = baggage
    this.values = values
  }

  /** 16 hex digits. */
  get id (): string { return this.spanId.hex }

  /** The parent's id in 16 hex digits; empty at the root of a trace. */
  get parent (): string { return this.parentId?.hex ?? '' }

  /** Whether it stands for a span of another process. */
  get isElsewhere (): boolean { return this.scope === '' && this.remote }

  /** Whether it is the first span of its trace in this process. */
  get isEntry (): boolean { return this.frame !== undefined && this.frame === this.trace.entry }

  get recording (): boolean { return this.trace.recording && this.endedAt === 0 }

  /** The span failed, by an error or by an `error.type`; the first reason stays, and what comes after its end is none. */
  fail (error: unknown): void { if (this.error === undefined && this.endedAt === 0) this.error = error ?? 'unknown' }

  /** The second end of a span is none. `at`: a time of the application's own, else now. */
  end (at?: Time): void {
    if (this.endedAt !== 0) return
    closed(this)
    if (!this.trace.recording) {
      // Nobody will ask when.
      this.endedAt = this.startedAt
      return this.release()
    }
    this.endedAt = Math.max(timeOf(at), this.startedAt)
    if (this.atLeast > 0 && this.error === undefined && this.endedAt - this.startedAt < this.atLeast) return
    const { notes } = this.trace
    if (notes !== undefined && this.isEntry) this.attributes = this.attributes === NONE ? { ...notes } : Object.assign(this.attributes, notes)
    sink(this)
  }

  // What follows is OpenTelemetry's Span (API 1.x): an application that asks its API for the active span is given this very object.
  // What it hands over may throw when it is looked at (a getter, a Proxy, a toString): then it is not taken, and nothing is thrown.

  /** Its ids, to whoever writes an object that holds a span. */
  toJSON (): object { return this.spanContext() }

  spanContext (): { traceId: string, spanId: string, traceFlags: number, isRemote?: boolean, traceState?: TraceState } {
    const { id, flags, state, isNone } = this.trace
    if (isNone) return INVALID
    return {
      traceId: id,
      spanId: this.id,
      traceFlags: flags,
      ...(this.isElsewhere && { isRemote: true }),
      ...(state !== undefined && { traceState: new TraceState(state) })
    }
  }

  isRecording (): boolean { return this.recording }

  setAttribute (key: string, value: unknown): this {
    try {
      if (key === 'sampling.priority') this.prioritize(parseFloat(value as string))
      if (!this.recording || typeof key !== 'string' || key === '' || !isValue(value)) return this
      if (this.attributes === NONE) this.attributes = {}
      const attributes = this.attributes as Described
      if (!Object.hasOwn(attributes, key) && isFull(attributes)) this.drop('attributes')
      else define(attributes, key, value)
    } catch { /* see above */ }
    return this
  }

  /** OpenTracing: above 0, this span and all that will be beneath it is sampled, as for debugging; else it is not, whatever the sampler said. */
  private prioritize (priority: number): void {
    const isWanted = priority > 0
    const { isNone, sampled, recording, debug } = this.trace
    if (Number.isNaN(priority) || this.endedAt !== 0 || isNone || (sampled === isWanted && recording === isWanted && debug === isWanted)) return
    if (!this.isEntry) this.trace = this.trace.forked()
    this.trace.sampled = this.trace.recording = this.trace.debug = isWanted
    settle(this.trace)
  }

  setAttributes (attributes: Described): this {
    // Before the others: they are taken only by what is recorded.
    try {
      if (attributes?.['sampling.priority'] !== undefined) this.setAttribute('sampling.priority', attributes['sampling.priority'])
      for (const key in attributes) this.setAttribute(key, attributes[key])
    } catch { /* see above */ }
    return this
  }

  addEvent (name: string, attributes?: Described | Time, at?: Time): this {
    if (!this.recording) return this
    try {
      const isTime = typeof attributes === 'number' || Array.isArray(attributes) || attributes instanceof Date
      const time = timeOf(isTime ? attributes as Time : at)
      this.events ??= []
      if (this.events.length >= limits.events) { this.drop('events'); return this }
      this.events.push(describe({ name: String(name), at: time, attributes: undefined }, isTime ? undefined : attributes as Described, limits.eventAttributes))
    } catch { /* see above */ }
    return this
  }

  addLink (link: { context: { traceId: string, spanId: string, traceState?: { serialize (): string } }, attributes?: Described }): this {
    if (!this.recording) return this
    try {
      const { context, attributes } = link
      // A collector refuses a batch for one id of another length. All zero is one, for what else the link tells (OpenTelemetry).
      const traceId = hexOf(context.traceId, 32)
      const spanId = hexOf(context.spanId, 16)
      if (traceId === undefined || spanId === undefined) return this
      this.links ??= []
      if (this.links.length >= limits.links) { this.drop('links'); return this }
      this.links.push(describe({ traceId, spanId, state: serialized(context.traceState), attributes: undefined }, attributes, limits.linkAttributes))
    } catch { /* see above */ }
    return this
  }

  addLinks (links: Array<Parameters<Span['addLink']>[0]>): this {
    try { for (const link of links) this.addLink(link) } catch { /* see above */ }
    return this
  }

  /** Codes are OpenTelemetry's: 0 unset (says nothing), 1 ok (final), 2 error. */
  setStatus (status: { code: number, message?: string }): this {
    if (!this.recording || this.status?.code === 'ok') return this
    try {
      const { code, message } = status
      if (code === 1) this.status = { code: 'ok', message: undefined }
      else if (code === 2) this.status = { code: 'error', message: typeof message === 'string' ? message : undefined }
    } catch { /* see above */ }
    return this
  }

  updateName (name: string): this {
    if (this.recording) this.rename(name)
    return this
  }

  /** The application chooses the name. What cannot be made a text is none. */
  rename (name: unknown): void {
    try {
      this.name = String(name)
      this.named = true
    } catch { /* see above */ }
  }

  /** An event, not a status: an application may record what it has dealt with (OpenTelemetry, recording-errors). */
  recordException (error: unknown, at?: Time): void {
    try {
      if (Object(error) !== error && typeof error !== 'string') return
      const { name, message, stack } = wordsOf(error)
      const { code } = error as { code?: unknown }
      const type = code ? String(code) : name
      if (type || message) this.addEvent('exception', { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack }, at)
    } catch { /* see above */ }
  }

  private drop (what: keyof Dropped): void {
    this.dropped ??= { attributes: 0, events: 0, links: 0 }
    this.dropped[what]++
  }

  /** Once encoded, or of no use to anybody, a span lets go of all that it holds, for somebody may still hold the span; and so does what was handed along for it. */
  release (): void {
    this.attributes = NONE
    this.error = this.events = this.links = undefined
    this.frame?.leave()
  }
}

/** Whether no other attribute goes in. What a patch has named and not told yet is none: to look for that is only for a span that seems to be full. */
const isFull = (attributes: Described): boolean => Object.keys(attributes).length >= limits.attributes &&
  Object.values(attributes).filter(value => value !== undefined && value !== null).length >= limits.attributes

/** Milliseconds since the epoch, in April 2262. A collector reads nanoseconds of 64 bits, some with a sign: for one time that does not fit (it was in microseconds) it refuses a whole batch. */
const LATEST = 2 ** 63 / 1e6
/** Milliseconds since the epoch; now, if the application has told no time or something that is none, before 1970 or too late. Never throws. */
export function timeOf (at: Time | undefined): number {
  if (at === undefined) return now()
  try {
    const millis = millisOf(at)
    if (typeof millis === 'number' && millis >= 0 && millis < LATEST) return millis
  } catch { /* it cannot be looked at */ }
  return now()
}

/** The span of what is never traced: our own traffic, and what the application asked us to ignore altogether. */
export const SILENT = standIn(new Trace(NO_TRACE, false, false, undefined), new SpanId(0, 0), false, undefined)

/** What another thread is to know of a span, as data; `resumed` (frame.ts) makes of it there what stands for the span. */
export const told = ({ trace, id, baggage }: Span): Remote =>
  ({ traceId: trace.id, spanId: id, sampled: trace.sampled, debug: trace.debug, firehose: trace.firehose, random: trace.random, state: trace.state, baggage })

/** A span that somebody else made, here or in another process: it stands for the parent that it is, and nobody made it here, so it has no scope. */
export function standIn (trace: Trace, id: SpanId, isRemote: boolean, baggage: Baggage | undefined, parent?: SpanId): Span {
  const span = new Span(trace, parent, isRemote, 'internal', '', baggage, undefined, id)
  span.endedAt = span.startedAt
  return span
}
