// A server and a client that handle the context by hand, as one does without instrumentation, beside what is traced by itself.
const http = require('node:http')
const { context, propagation, SpanKind, trace } = require('@opentelemetry/api')

const tracer = trace.getTracer('by hand')
const server = http.createServer((req, res) => {
  tracer.startActiveSpan('handle', { kind: SpanKind.SERVER }, propagation.extract(context.active(), req.headers), span => {
    span.setAttribute('user', propagation.getBaggage(context.active()).getEntry('user').value)
    res.end(String(req.rawHeaders.filter(name => /^traceparent$/i.test(name)).length))
    span.end()
  })
})
server.listen(0, '127.0.0.1', () => {
  const there = propagation.setBaggage(context.active(), propagation.createBaggage({ user: { value: 'ann' } }))
  tracer.startActiveSpan('ask', { kind: SpanKind.CLIENT }, there, span => {
    const headers = {}
    propagation.inject(context.active(), headers)
    http.get({ port: server.address().port, host: '127.0.0.1', headers, agent: false }, res => {
      res.setEncoding('utf8').on('data', text => console.log(text)).on('end', () => { span.end(); server.close() })
    })
  })
})
