import { flagsOf } from '../trace/flags'
import type { Event, Span } from '../trace/span'
import { eventsOf, outcome, type Outcome } from './outcome'
import { remainder } from './remainder'
import type { Resource } from './resource'
import { writer, type Protocol, type Writer } from './thrift'

// Spans as Jaeger's Thrift tells them (jaeger-idl: jaeger.thrift, agent.thrift), by OpenTelemetry's mapping (sdk_exporters/jaeger, 1.20).

const CHILD_OF = 0
const FOLLOWS_FROM = 1
const [STRING, DOUBLE, BOOL, LONG] = [0, 1, 2, 3]

/** A `Batch`, as the collector takes it over HTTP. */
export const batch = (protocol: Protocol, spans: readonly Span[], resource: Resource): Buffer =>
  assembled(protocol, encoded(protocol, spans), resource, false)

/** A call of `Agent.emitBatch`, and how many spans are in it. */
export interface Packet { body: Buffer, spans: number }
/** The size of a list takes so many bytes more than that of a short one, at most. */
const SIZE = 3

/** As many packets for the agent as it takes, none with more than `limit` bytes. `large`: how many spans fit into none. */
export function packets (protocol: Protocol, spans: readonly Span[], resource: Resource, limit: number): { packets: Packet[], large: number } {
  const packets: Packet[] = []
  const empty = assembled(protocol, [], resource, true).length
  let large = 0
  let held: Buffer[] = []
  let size = 0
  const pack = (): void => {
    if (held.length > 0) packets.push({ body: assembled(protocol, held, resource, true), spans: held.length })
    held = []
    size = 0
  }
  for (const span of encoded(protocol, spans)) {
    if (empty + span.length > limit) { large++; continue }
    if (empty + SIZE + size + span.length > limit) pack()
    held.push(span)
    size += span.length
  }
  pack()
  return { packets, large }
}

function encoded (protocol: Protocol, spans: readonly Span[]): Buffer[] {
  const out = writer(protocol)
  return spans.map(span => {
    writeSpan(out, span)
    return out.taken()
  })
}

function assembled (protocol: Protocol, spans: Buffer[], resource: Resource, isCall: boolean): Buffer {
  const out = writer(protocol)
  if (isCall) out.oneway('emitBatch')
  out.open()
  if (isCall) out.struct(1)
  const { 'service.name': service, ...rest } = resource
  out.struct(1)
  out.text(1, String(service))
  writeTags(out, 2, told(rest))
  out.close()
  out.list(2, spans.length)
  for (const span of spans) out.raw(span)
  out.close()
  if (isCall) out.close()
  return out.taken()
}

function writeSpan (out: Writer, span: Span): void {
  const { trace, parent, links = [] } = span
  const end = outcome(span)
  out.open()
  writeIds(out, 1, trace.id)
  id(out, 3, span.id)
  id(out, 4, parent)
  out.text(5, span.name)
  const references = links.length + (parent === '' ? 0 : 1)
  if (references > 0) {
    out.list(6, references)
    if (parent !== '') writeReference(out, CHILD_OF, trace.id, parent)
    for (const { traceId, spanId } of links) writeReference(out, FOLLOWS_FROM, traceId, spanId)
  }
  out.int(7, flagsOf(trace))
  number(out, 8, Math.round(span.startedAt * 1000))
  number(out, 9, Math.round((span.endedAt - span.startedAt) * 1000))
  writeTags(out, 10, tags(span, end))
  const logs = eventsOf(span, end)
  if (logs.length > 0) {
    out.list(11, logs.length)
    for (const event of logs) writeLog(out, event)
  }
  out.close()
}

type Tag = [key: string, value: string | number | boolean]

function tags (span: Span, end: Outcome | undefined): Tag[] {
  const tags = told(span.attributes)
  if (end?.type !== undefined) tags.push(['error.type', end.type])
  if (span.kind !== 'internal') tags.push(['span.kind', span.kind])
  if (end !== undefined) tags.push(['otel.status_code', end.ok ? 'OK' : 'ERROR'])
  if (end?.message !== undefined) tags.push(['otel.status_description', end.message])
  tags.push(...remainder(span))
  // To Jaeger this tag is what marks a failure.
  return end?.ok === false ? [...tags.filter(([key]) => key !== 'error'), ['error', true]] : tags
}

/** The attributes that can be told. Jaeger has no lists: they are told in JSON. */
function told (attributes: object | undefined): Tag[] {
  const tags: Tag[] = []
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'string' || typeof value === 'boolean') tags.push([key, value])
    // Its web interface cannot show what is no number in JSON.
    else if (typeof value === 'number') tags.push([key, Number.isFinite(value) ? value : String(value)])
    else if (Array.isArray(value)) tags.push([key, JSON.stringify(value)])
  }
  return tags
}

function writeTags (out: Writer, field: number, tags: Tag[]): void {
  if (tags.length === 0) return
  out.list(field, tags.length)
  for (const [key, value] of tags) {
    out.open()
    out.text(1, key)
    if (typeof value === 'string') { out.int(2, STRING); out.text(3, value) }
    else if (typeof value === 'boolean') { out.int(2, BOOL); out.bool(5, value) }
    else if (Number.isSafeInteger(value)) { out.int(2, LONG); number(out, 6, value) }
    else { out.int(2, DOUBLE); out.double(4, value) }
    out.close()
  }
}

function writeLog (out: Writer, { name, at, attributes }: Event): void {
  out.open()
  number(out, 1, Math.round(at * 1000))
  const fields = told(attributes)
  writeTags(out, 2, fields.some(([key]) => key === 'event') ? fields : [['event', name], ...fields])
  out.close()
}

function writeReference (out: Writer, kind: number, traceId: string, spanId: string): void {
  out.open()
  out.int(1, kind)
  writeIds(out, 2, traceId)
  id(out, 4, spanId)
  out.close()
}

/** A trace id of 32 hex digits, its lower half first. */
function writeIds (out: Writer, field: number, traceId: string): void {
  id(out, field, traceId.slice(16))
  id(out, field + 1, traceId.slice(0, 16))
}
/** 16 hex digits; none are 0. */
const id = (out: Writer, field: number, hex: string): void => out.long(field, parseInt(hex.slice(0, 8) || '0', 16), parseInt(hex.slice(8) || '0', 16))
/** A whole number of up to 53 bits. */
const number = (out: Writer, field: number, value: number): void => out.long(field, Math.floor(value / 4294967296), value)
