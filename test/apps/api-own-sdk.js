// An application with an OpenTelemetry SDK of its own: a tracer that it takes before the SDK is there, http instrumented, spans sent by the SDK.
const { context, propagation, trace } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { W3CTraceContextPropagator } = require('@opentelemetry/core')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { JsonTraceSerializer } = require('@opentelemetry/otlp-transformer')

const early = trace.getTracer('early')
const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const register = {
  trace: () => trace.setGlobalTracerProvider(provider),
  context: () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
  propagation: () => propagation.setGlobalPropagator(new W3CTraceContextPropagator())
}
// SDKs register in one order or another.
for (const api of (process.env.ORDER ?? 'trace,context,propagation').split(',')) if (!register[api]()) throw new Error(`${api} was refused`)
const instrumentation = new HttpInstrumentation()
instrumentation.setTracerProvider(provider)

const http = require('node:http')
const server = http.createServer((req, res) => {
  const sent = req.rawHeaders.filter(name => name.toLowerCase() === 'traceparent').length
  early.startActiveSpan('work', span => {
    if (req.url === '/deep') { res.end(String(sent)); return span.end() }
    http.get({ host: '127.0.0.1', port: server.address().port, path: '/deep', agent: false }, answer => {
      answer.setEncoding('utf8').on('data', text => res.end(`${sent} ${text}`)).on('end', () => span.end())
    })
  })
})
server.listen(0, '127.0.0.1', () => trace.getTracer('late').startActiveSpan('ask', span => {
  http.get({ host: '127.0.0.1', port: server.address().port, path: '/', agent: false }, res => {
    res.setEncoding('utf8').on('data', text => console.log(`traceparent: ${text}`)).on('end', () => { span.end(); server.close() })
  })
}))
process.once('beforeExit', () => fetch(`${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())
}))
