// The global tracer before and after the application sets one of its own; jaeger-client by environment, switched off, and with a codec of its own.
const opentracing = require('opentracing')
const jaeger = require('jaeger-client')

const early = opentracing.globalTracer()
early.startSpan('before').finish()
const mock = new opentracing.MockTracer()
opentracing.initGlobalTracer(mock)
early.startSpan('theirs').finish()
console.log(mock.report().spans.map(span => span.operationName()))

const tracer = jaeger.initTracerFromEnv({ serviceName: 'by environment' }, {})
const codec = new jaeger.ZipkinB3TextMapCodec({ urlEncoding: true })
tracer.registerInjector(opentracing.FORMAT_HTTP_HEADERS, codec)
tracer.registerExtractor(opentracing.FORMAT_HTTP_HEADERS, codec)
const client = tracer.startSpan('client').setBaggageItem('k', 'a b')
const headers = {}
tracer.inject(client, opentracing.FORMAT_HTTP_HEADERS, headers)
console.log(Object.keys(headers).join())
const there = tracer.extract(opentracing.FORMAT_HTTP_HEADERS, { 'x-b3-traceid': '463ac35c9f6413ad', 'x-b3-spanid': 'a2fb4a1d1a96d312', 'x-b3-sampled': '1' })
const server = tracer.startSpan('server', { childOf: tracer.extract(opentracing.FORMAT_HTTP_HEADERS, headers) })
console.log(there.toTraceId(), there.toSpanId(), server.getBaggageItem('k'))
server.finish()
client.finish()
tracer.startSpan('wanted', { tags: { 'sampling.priority': 1 } }).finish()
const unwanted = tracer.startSpan('unwanted')
unwanted.setTag('sampling.priority', 0)
tracer.startSpan('beneath it', { childOf: unwanted }).finish()
unwanted.finish()
// Somebody wants to see this one, and says so in a header.
tracer.startSpan('asked for', { childOf: tracer.extract(opentracing.FORMAT_TEXT_MAP, { 'jaeger-debug-id': 'find me' }) }).finish()

const off = jaeger.initTracer({ serviceName: 'off', disable: true })
off.startSpan('never').finish()
try { jaeger.initTracer({}) } catch (error) { console.log(error.message) }
