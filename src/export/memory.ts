import { sendTo, type Span } from '../trace/span'
import { counts as unfinished } from '../trace/unfinished'
import { counts } from './index'
import { eventsOf, outcome } from './outcome'

/** A span that has ended, for a test to look at. */
export interface Kept {
  traceId: string
  spanId: string
  /** Empty at the root of a trace. */
  parentSpanId: string
  name: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Milliseconds since the epoch. */
  startedAt: number
  endedAt: number
  attributes: Record<string, unknown>
  /** What it failed with: its `error.type`, and the message if there is one. */
  error: { type: string, message: string | undefined } | undefined
  events: Array<{ name: string, at: number, attributes: Record<string, unknown> }>
  links: Array<{ traceId: string, spanId: string, attributes: Record<string, unknown> }>
  /** The patch that made it, or the library by OpenTelemetry's API. */
  scope: string
}

export interface Memory {
  spans (): Kept[]
  reset (): void
  /** How many spans were started and have not ended. */
  open (): number
}

/** From now on the spans that end are kept here, and sent nowhere. */
export function memory (): Memory {
  const kept: Span[] = []
  sendTo(span => {
    counts.ended++
    kept.push(span)
  })
  return {
    spans: () => kept.map(shown),
    reset () { kept.length = 0 },
    open: () => unfinished.open
  }
}

function shown (span: Span): Kept {
  const { trace, id, parent, name, kind, startedAt, endedAt, links = [], scope } = span
  const end = outcome(span)
  const isFailed = end !== undefined && !end.ok
  const attributes = given({ ...span.attributes, ...(end?.type !== undefined && { 'error.type': end.type }) })
  return {
    traceId: trace.id,
    spanId: id,
    parentSpanId: parent,
    name,
    kind,
    startedAt,
    endedAt,
    attributes,
    error: isFailed ? { type: String(attributes['error.type'] ?? 'unknown'), message: end.message } : undefined,
    events: eventsOf(span, end).map(({ name, at, attributes }) => ({ name, at, attributes: given(attributes) })),
    links: links.map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes: given(attributes) })),
    scope: typeof scope === 'string' ? scope : scope.name
  }
}

/** Attributes without those that have no value: they are not exported, either. */
const given = (attributes: object = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null))
