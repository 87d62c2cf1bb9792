'use strict'
// One encoder and spans for it, the same ones for each: of servers, queries, commands and outgoing requests. Asked, it makes them and encodes them all.
const { join } = require('node:path')

const COUNT = 10_000
const SIZE = Number(process.argv[3])
const KINDS = ['internal', 'server', 'client', 'producer', 'consumer']
const RESOURCE = {
  'service.name': 'shop', 'service.version': '1.4.2', 'service.instance.id': '627cc493-f310-47de-96bd-71410b7dec09', 'host.name': 'shop-7f9c', 'process.pid': 4711,
  'process.runtime.name': 'nodejs', 'process.runtime.version': '20.20.2'
}
/** An id as tracers have it: letters that lie side by side, not the pieces that they were put together from. */
const hex = (number, digits) => Buffer.from((number + 0x9e3779b9).toString(16).padStart(digits, 'b7')).toString()

/** What each of the spans is told of; four make a trace, the first one is the parent of the rest, and they share its ids. */
function told () {
  const ids = Array.from({ length: COUNT }, (_, i) => hex(i * 104729, 16))
  const traceIds = Array.from({ length: COUNT >> 2 }, (_, of) => hex(of * 7919, 32))
  return ids.map((id, i) => one(i, i >> 2, {
    traceId: traceIds[i >> 2], id, parent: i % 4 === 0 ? '' : ids[i & ~3], startedAt: 1_700_000_000_000 + (i >> 2) * 3 + (i % 4) * 0.125, took: 1.75
  }))
}
function one (i, of, common) {
  switch (i % 4) {
    case 0: return {
      ...common, scope: 'http', kind: 'server', name: 'GET /orders/:id', attributes: {
        'http.request.method': 'GET', 'url.path': `/orders/${of}`, 'url.scheme': 'http', 'server.address': 'shop.internal', 'server.port': 8080, 'client.address': '10.0.4.17',
        'user_agent.original': 'curl/8.5.0', 'network.protocol.version': '1.1', 'http.route': '/orders/:id', 'http.response.status_code': 200
      }
    }
    case 1: return {
      ...common, scope: 'pg', kind: 'client', name: 'SELECT orders', attributes: {
        'db.system.name': 'postgresql', 'db.namespace': 'shop', 'db.query.text': 'SELECT id, sku, pieces, price FROM orders WHERE id = $1 AND customer = $2 ORDER BY id',
        'db.query.summary': 'SELECT orders', 'server.address': 'db.internal', 'server.port': 5432
      }
    }
    case 2: return {
      ...common, scope: 'ioredis', kind: 'client', name: 'GET', attributes: {
        'db.system.name': 'redis', 'db.operation.name': 'GET', 'db.namespace': '0', 'db.query.text': `GET stock:${of}`, 'server.address': 'cache.internal', 'server.port': 6379
      }
    }
    default: return {
      ...common, scope: 'fetch', kind: 'client', name: 'GET', attributes: {
        'http.request.method': 'GET', 'url.full': `http://prices.internal:8081/prices/${of}`, 'server.address': 'prices.internal', 'server.port': 8081, 'network.protocol.version': '1.1',
        'http.response.status_code': 200
      }
    }
  }
}

function ours (encode) {
  const { SpanId, TraceId } = require('../../dist/src/trace/id.js')
  const { Span, Trace } = require('../../dist/src/trace/span.js')
  let trace
  const spanOf = ({ traceId, id, parent, startedAt, took, scope, kind, name, attributes }) => {
    if (trace?.id !== traceId) trace = new Trace(TraceId.of(traceId), true, false, undefined)
    return Object.assign(new Span(trace, parent === '' ? undefined : SpanId.of(parent), false, kind, scope, undefined), { spanId: SpanId.of(id), startedAt, endedAt: startedAt + took, name, attributes })
  }
  return { make: told => told.map(spanOf), encode: spans => encode(spans, RESOURCE) }
}

function openTelemetry (encode) {
  const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base')
  const { resourceFromAttributes } = require('@opentelemetry/resources')
  const { ROOT_CONTEXT, trace } = require('@opentelemetry/api')
  let spans, next
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(RESOURCE),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.id },
    spanProcessors: [{ onStart () {}, onEnd: span => spans.push(span), forceFlush: async () => {}, shutdown: async () => {} }]
  })
  function make (told) {
    spans = []
    for (next of told) {
      const { traceId, parent, startedAt, took, scope, kind, name, attributes } = next
      const context = parent === '' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parent, traceFlags: 1 })
      provider.getTracer(scope, '1.0.0').startSpan(name, { kind: KINDS.indexOf(kind), attributes, startTime: startedAt }, context).end(startedAt + took)
    }
    return spans
  }
  return { make, encode }
}

function zipkin () {
  const { jsonEncoder: { JSON_V2 }, model: { Endpoint, Span }, TraceId, option: { Some, None } } = require('zipkin')
  const localEndpoint = new Endpoint({ serviceName: 'shop' })
  const spanOf = ({ traceId, id, parent, startedAt, took, kind, name, attributes }) => {
    const span = new Span(new TraceId({ traceId, spanId: id, parentId: parent === '' ? None : new Some(parent), sampled: new Some(true) }))
    span.setName(name)
    span.setKind(kind.toUpperCase())
    span.setTimestamp(startedAt * 1000)
    span.setDuration(took * 1000)
    span.setLocalEndpoint(localEndpoint)
    for (const key in attributes) span.putTag(key, String(attributes[key]))
    return span
  }
  return { make: told => told.map(spanOf), encode: spans => `[${spans.map(span => JSON_V2.encode(span)).join(',')}]` }
}

const ENCODERS = {
  'autospan, OTLP protobuf': () => ours(require('../../dist/src/export/otlp.js').protobuf),
  'OpenTelemetry, OTLP protobuf': () => openTelemetry(require('@opentelemetry/otlp-transformer').ProtobufTraceSerializer.serializeRequest),
  'autospan, OTLP JSON': () => ours(require('../../dist/src/export/otlp.js').json),
  'OpenTelemetry, OTLP JSON': () => openTelemetry(require('@opentelemetry/otlp-transformer').JsonTraceSerializer.serializeRequest),
  'autospan, Zipkin JSON': () => ours(require('../../dist/src/export/zipkin.js').zipkin),
  'OpenTelemetry, Zipkin JSON': () => {
    const { toZipkinSpan } = require(join(require.resolve('@opentelemetry/exporter-zipkin'), '../transform.js'))
    return openTelemetry(spans => JSON.stringify(spans.map(span => toZipkinSpan(span, 'shop', 'otel.status_code', 'error'))))
  },
  'zipkin, Zipkin JSON': zipkin
}

/**
 * CPU in ns a span, collections of garbage included, and bytes a span, of encoding them so many at a time as far as the bytes that are sent.
 * A span is encoded once in its life, so they are new each time. What is left of making them is tidied up before; after two collections they are not young any more.
 */
function once ({ make, encode }) {
  const spans = make(told())
  for (let i = 0; i < 2; i++) global.gc({ type: 'minor' })
  let bytes = 0
  const before = process.cpuUsage()
  for (let i = 0; i < COUNT; i += SIZE) {
    const encoded = encode(spans.slice(i, i + SIZE))
    bytes += (typeof encoded === 'string' ? Buffer.from(encoded) : encoded).length
  }
  const { user, system } = process.cpuUsage(before)
  return { ns: (user + system) * 1000 / COUNT, bytes: bytes / COUNT }
}

if (process.send !== undefined) {
  const encoder = ENCODERS[process.argv[2]]()
  process.on('message', () => process.send(once(encoder)))
  process.on('disconnect', () => process.exit())
  process.send({ ready: true })
}
module.exports = { ENCODERS: Object.keys(ENCODERS) }
