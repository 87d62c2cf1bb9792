import type { Attributes, Value } from './semconv'
import { now } from './clock'
import { spanId } from './id'

export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** What all spans of one trace in this process share. */
export class Trace {
  /** 32 hex digits; empty for what is never to be traced. */
  readonly id: string
  readonly sampled: boolean
  /** Whether the low 56 bits of the id are known to be random (W3C level 2, flag 02). */
  readonly random: boolean
  /** The `tracestate` header to send on, as it is. */
  readonly state: string | undefined
  /** The first span of this trace in this process: the request itself. */
  entry: Span | undefined = undefined
  constructor (id: string, sampled: boolean, random: boolean, state: string | undefined) {
    this.id = id
    this.sampled = sampled
    this.random = random
    this.state = state
  }
}

/** A parent that lives in another process, as its headers told. */
export interface Remote {
  traceId: string
  spanId: string
  sampled: boolean
  random?: boolean
  state?: string
  /** The `baggage` header, as it is. Can come without ids: then `traceId` is empty. */
  baggage?: string
}

/** Values of the application's own, by their keys, as OpenTelemetry's API has them. */
export interface Values { getValue (key: symbol): unknown }

export interface Event { name: string, at: number, attributes: Record<string, Value> | undefined }
export interface Status { code: 'ok' | 'error', message: string | undefined }
export interface Link { traceId: string, spanId: string, state: string | undefined, attributes: Record<string, Value> | undefined }

const NONE: Attributes = Object.freeze({})
let sink: (span: Span) => void = () => {}
/** Ended spans go here. Set once, by start.ts. */
export function sendTo (receive: (span: Span) => void): void { sink = receive }

export class Span {
  readonly trace: Trace
  readonly id: string
  /** The parent's span id; empty at the root of a trace. No pointer: a leaked frame must not pin a trace. */
  readonly parent: string
  /** Whether the parent lives in another process. */
  readonly remote: boolean
  readonly kind: Kind
  /** The patch that made it. */
  readonly scope: string
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
  /** The `baggage` header in force here, handed down to the children. */
  baggage: string | undefined
  /** Values that the application put beside its spans, handed down to the children. */
  values: Values | undefined
  constructor (trace: Trace, parent: string, remote: boolean, kind: Kind, scope: string, baggage: string | undefined, values?: Values) {
    this.trace = trace
    this.id = spanId()
    this.parent = parent
    this.remote = remote
    this.kind = kind
    this.scope = scope
    this.name = scope
    this.startedAt = now()
    this.attributes = NONE
    this.baggage = baggage
    this.values = values
  }

  /** A span is the scope in which it is the active one. */
  get span (): this { return this }

  get recording (): boolean { return this.trace.sampled && this.endedAt === 0 }

  /** The span failed, by an error or by an `error.type`; the first reason stays. */
  fail (error: unknown): void { if (this.error === undefined) this.error = error ?? 'unknown' }

  /** The second end of a span is none. */
  end (): void {
    if (this.endedAt !== 0) return
    this.endedAt = now()
    if (!this.trace.sampled) return
    if (this.atLeast > 0 && this.error === undefined && this.endedAt - this.startedAt < this.atLeast) return
    sink(this)
  }

  /** Once encoded, a span lets go of all that it holds: somebody may still hold the span. */
  release (): void {
    this.attributes = NONE
    this.error = this.events = this.links = undefined
  }
}

/** The span of what is never traced: our own traffic, and what the application asked us to ignore altogether. */
export const SILENT = new Span(new Trace('', false, false, undefined), '', false, 'internal', 'autospan', undefined)
