import { isIPv4, isIPv6 } from 'node:net'
import { define } from '../trace/described'
import type { Event, Kind, Span } from '../trace/span'
import { eventsOf, outcome, type Outcome } from './outcome'
import { remainder } from './remainder'
import type { Resource } from './resource'

// Spans as Zipkin's API v2 tells them (zipkin2-api), by OpenTelemetry's mapping (sdk_exporters/zipkin): fields that say nothing are left out.

const KINDS: Record<Kind, string | undefined> = { internal: undefined, server: 'SERVER', client: 'CLIENT', producer: 'PRODUCER', consumer: 'CONSUMER' }

/** A list of spans. */
export function zipkin (spans: readonly Span[], resource: Resource): string {
  const localEndpoint = { serviceName: String(resource['service.name']).toLowerCase() }
  const namespace = resource['service.namespace']
  return JSON.stringify(spans.map(span => {
    const end = outcome(span)
    const { trace } = span
    const events = eventsOf(span, end)
    const attributes = span.attributes as Record<string, unknown>
    return {
      traceId: trace.id,
      id: span.id,
      parentId: span.parent === '' ? undefined : span.parent,
      name: span.name,
      kind: KINDS[span.kind],
      timestamp: micros(span.startedAt),
      duration: Math.max(1, Math.round((span.endedAt - span.startedAt) * 1000)),
      localEndpoint,
      remoteEndpoint: span.kind === 'client' || span.kind === 'producer' ? remoteEndpoint(attributes) : undefined,
      annotations: events.length > 0 ? events.map(annotation) : undefined,
      tags: tags(span, end, namespace),
      debug: trace.debug ? true : undefined,
      shared: span.shared ? true : undefined
    }
  }))
}

const micros = (millis: number): number => Math.round(millis * 1000)

function tags (span: Span, end: Outcome | undefined, namespace: unknown): Record<string, string> {
  const tags: Record<string, string> = {}
  const attributes = span.attributes as Record<string, unknown>
  for (const key in attributes) {
    const text = tagOf(attributes[key])
    if (text !== undefined) define(tags, key, text)
  }
  // To Zipkin the tag is what marks a failure, whatever it says.
  if (tags.error === 'false') delete tags.error
  if (end !== undefined) tags['otel.status_code'] = end.ok ? 'OK' : 'ERROR'
  if (end?.type !== undefined) tags['error.type'] = end.type
  if (end?.ok === false) tags.error = end.message ?? ''
  if (namespace !== undefined) tags['service.namespace'] = String(namespace)
  for (const [key, value] of remainder(span)) tags[key] = String(value)
  return tags
}

function tagOf (value: unknown): string | undefined {
  switch (typeof value) {
    case 'string': return value
    case 'number': case 'boolean': return String(value)
    default: return Array.isArray(value) ? JSON.stringify(value) : undefined
  }
}

const annotation = ({ name, at, attributes }: Event): { timestamp: number, value: string } =>
  ({
    timestamp: micros(at),
    value: attributes === undefined || Object.keys(attributes).length === 0 ? name : `${JSON.stringify(name)}: ${JSON.stringify(attributes)}`
  })

/** What names the other side, in OpenTelemetry's order. */
const NAMES = ['peer.service', 'service.peer.name', 'server.address', 'net.peer.name', 'network.peer.address', 'server.socket.domain', 'server.socket.address',
  'net.sock.peer.name', 'net.sock.peer.addr', 'peer.hostname', 'peer.address', 'db.name', 'db.namespace']

/** Whom a client or producer talked to. Without it Zipkin draws no line between two services. */
function remoteEndpoint (attributes: Record<string, unknown>): Record<string, unknown> | undefined {
  const name = NAMES.find(key => typeof attributes[key] === 'string' && attributes[key] !== '')
  if (name === undefined) return undefined
  // IPv4 in the clothes of IPv6, as a socket that takes both tells it.
  const address = String(attributes['network.peer.address'] ?? attributes[name]).replace(/^::ffff:(?=\d+\.)/i, '')
  const port = attributes['network.peer.port'] ?? attributes['server.port']
  return {
    serviceName: String(attributes[name]).toLowerCase(),
    ipv4: isIPv4(address) ? address : undefined,
    ipv6: isIPv6(address) ? address : undefined,
    port: typeof port === 'number' && port > 0 ? port : undefined
  }
}
