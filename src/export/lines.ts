import type { Event, Span } from '../trace/span'
import { eventsOf, outcome } from './outcome'
import { scopeOf, type Resource } from './resource'

/**
 * Spans as lines of a log, one a line, in JSON: with the fields of logstash (`@timestamp`, `@version`, `message`), so that what carries logs into
 * Elasticsearch carries spans, too. Fields that say nothing are left out. `@timestamp` is the start of the span.
 */
export function lines (spans: readonly Span[], resource: Resource): string {
  const { 'service.name': service, 'host.name': host, 'process.pid': pid } = resource
  return spans.map(span => `${JSON.stringify({ ...line(span), service, host, pid })}\n`).join('')
}

function line (span: Span): Record<string, unknown> {
  const { trace, id, parent, name, kind, startedAt, endedAt, links = [], attributes } = span
  const end = outcome(span)
  const events = eventsOf(span, end)
  return {
    '@timestamp': iso(startedAt),
    '@version': '1',
    level: end?.ok === false ? 'error' : 'info',
    message: name,
    trace_id: trace.id,
    span_id: id,
    parent_id: parent === '' ? undefined : parent,
    name,
    kind,
    duration_ms: Math.round((endedAt - startedAt) * 1000) / 1000,
    status: end === undefined ? 'unset' : end.ok ? 'ok' : 'error',
    status_message: end?.message,
    scope: scopeOf(span.scope).name,
    tags: told(end?.type === undefined ? attributes : { ...attributes, 'error.type': end.type }),
    events: events.length === 0 ? undefined : events.map(({ name, at, attributes }: Event) => ({ '@timestamp': iso(at), name, tags: told(attributes) })),
    links: links.length === 0 ? undefined : links.map(({ traceId, spanId, attributes }) => ({ trace_id: traceId, span_id: spanId, tags: told(attributes) }))
  }
}

/** What JSON can tell of attributes; undefined if that is nothing. */
function told (attributes: object = {}): Record<string, unknown> | undefined {
  const tags: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'number') tags[key] = Number.isFinite(value) ? value : String(value)
    else if (typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value)) tags[key] = value
  }
  return Object.keys(tags).length === 0 ? undefined : tags
}

/** Milliseconds since the epoch -> a time in UTC, to the millisecond. */
const iso = (millis: number): string => new Date(millis).toISOString()
