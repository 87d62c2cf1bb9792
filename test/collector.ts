import { createSocket } from 'node:dgram'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { fromJaeger } from './jaeger'
import type { Protocol } from './thrift'
import { fromZipkin, fromZipkinV1 } from './zipkin'

/** A span as a collector saw it. */
export interface Seen {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: string
  startedAt: bigint
  endedAt: bigint
  attributes: Record<string, unknown>
  status: { code: number, message: string | undefined }
  events: Array<{ name: string, at: bigint, attributes: Record<string, unknown>, dropped?: number }>
  links: Array<{ traceId: string, spanId: string, traceState: string | undefined, attributes: Record<string, unknown>, dropped?: number }>
  dropped: { attributes: number, events: number, links: number }
  scope: string
  scopeVersion: string | undefined
  resource: Record<string, unknown>
  flags: number
  traceState: string | undefined
}

export interface Collector {
  url: string
  spans: Seen[]
  /** The requests as they came. */
  requests: Array<{ url: string, headers: IncomingMessage['headers'], body: Buffer, at: number }>
  close (): Promise<void>
}

/** What a collector answers: a status, or more; with `raw`, these bytes and then the end of the connection. */
export type Reply = number | { status: number, headers?: OutgoingHttpHeaders, body?: string | Uint8Array, delay?: number, raw?: string }

/** A collector over HTTP, of OTLP, of Zipkin's API v1 and v2, and of Jaeger's Thrift. `answer` decides the reply to each request, by its number from 1 on; 200 if left out. With `tls` it speaks https; `port`: any, if left out. */
export async function collector (answer: (request: number) => Reply = () => 200, tls?: ServerOptions, port = 0): Promise<Collector> {
  const spans: Seen[] = []
  const requests: Collector['requests'] = []
  const listener: RequestListener = async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    requests.push({ url: req.url!, headers: req.headers, body, at: Date.now() })
    const reply = answer(requests.length)
    const { status, headers, body: words, delay = 0, raw } = typeof reply === 'number' ? { status: reply } as Exclude<Reply, number> : reply
    if (status === 200 || status === 202) spans.push(...decoded(body, req.headers, req.url))
    if (delay > 0) await new Promise(resolve => setTimeout(resolve, delay).unref())
    if (raw === undefined) res.writeHead(status, headers).end(words)
    else req.socket.end(raw)
  }
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close: () => new Promise(resolve => { server.close(() => resolve()); server.closeAllConnections() })
  }
}

/** An agent of Jaeger: spans that came by UDP, and the packets as they were. */
export interface Agent { port: number, spans: Seen[], packets: Buffer[], close (): void }
export async function agent (protocol: Protocol, port = 0): Promise<Agent> {
  const { emitted } = require('./thrift') as typeof import('./thrift')
  const spans: Seen[] = []
  const packets: Buffer[] = []
  const socket = createSocket('udp4').on('message', packet => {
    packets.push(packet)
    spans.push(...fromJaeger(emitted(protocol, packet)))
  })
  await new Promise<void>(resolve => socket.bind(port, '127.0.0.1', resolve))
  return { port: socket.address().port, spans, packets, close: () => socket.close() }
}

/** The spans of a request, in the form that its path and headers tell: OTLP, if nothing else. */
export function decoded (body: Buffer, headers: IncomingMessage['headers'], url?: string): Seen[] {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  const isJson = headers['content-type'] === 'application/json'
  const parsed = isJson ? JSON.parse(plain.toString()) : undefined
  switch (url) {
    case '/api/v2/spans': return fromZipkin(parsed)
    case '/api/v1/spans': return isJson ? fromZipkinV1(parsed) : require('./zipkin-thrift').fromZipkinThrift(plain)
    case '/api/traces': return fromJaeger(require('./thrift').batchOf('binary', plain))
    default: return isJson ? fromJson(parsed) : fromProtobuf(plain)
  }
}

// The published definitions of OTLP, as protobufjs has generated code of them.
const { opentelemetry: { proto } } = require('@opentelemetry/otlp-transformer/build/src/generated/root')

/** The spans of an OTLP request in its protobuf form. */
export function fromProtobuf (body: Uint8Array): Seen[] {
  const type = proto.collector.trace.v1.ExportTraceServiceRequest
  return fromJson(type.toObject(type.decode(body), { longs: String, bytes: Buffer }))
}

/** Hex digits in JSON, bytes in protobuf. */
const idOf = (id: string | Uint8Array = ''): string => typeof id === 'string' ? id : Buffer.from(id).toString('hex')

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

/** The spans of an OTLP request in its JSON form. */
export function fromJson (request: any): Seen[] {
  return request.resourceSpans.flatMap((resource: any) => resource.scopeSpans.flatMap((scope: any) => scope.spans.map((span: any): Seen => ({
    traceId: idOf(span.traceId),
    spanId: idOf(span.spanId),
    parentSpanId: idOf(span.parentSpanId),
    name: span.name,
    kind: KINDS[span.kind ?? 0],
    startedAt: BigInt(span.startTimeUnixNano),
    endedAt: BigInt(span.endTimeUnixNano),
    attributes: record(span.attributes),
    status: { code: span.status?.code ?? 0, message: span.status?.message },
    events: (span.events ?? []).map((event: any) => ({ name: event.name, at: BigInt(event.timeUnixNano), attributes: record(event.attributes), ...dropped(event) })),
    links: (span.links ?? []).map((link: any) => ({
      traceId: idOf(link.traceId), spanId: idOf(link.spanId), traceState: link.traceState, attributes: record(link.attributes), ...dropped(link)
    })),
    dropped: { attributes: span.droppedAttributesCount ?? 0, events: span.droppedEventsCount ?? 0, links: span.droppedLinksCount ?? 0 },
    scope: scope.scope?.name ?? '',
    scopeVersion: scope.scope?.version,
    resource: record(resource.resource?.attributes),
    flags: span.flags ?? 0,
    traceState: span.traceState
  }))))
}

/** How many attributes of an event or a link, if any. */
const dropped = ({ droppedAttributesCount }: { droppedAttributesCount?: number }): { dropped?: number } => droppedAttributesCount ? { dropped: droppedAttributesCount } : {}

const record = (attributes: any[] = []): Record<string, unknown> => Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))
function valueOf (value: any): unknown {
  if (value === undefined || value === null || Object.keys(value).length === 0) return undefined
  if ('stringValue' in value) return value.stringValue
  if ('boolValue' in value) return value.boolValue
  if ('intValue' in value) return Number(value.intValue)
  if ('doubleValue' in value) return Number(value.doubleValue)
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).map(valueOf)
  return value
}
