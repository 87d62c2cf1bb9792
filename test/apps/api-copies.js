// Several copies of OpenTelemetry's API in one program, of whatever minor version: those named on the command line, each within the span of the one before.
const http = require('node:http')
const copies = process.argv.slice(2)

function next (index, done) {
  if (index === copies.length) return done()
  const { context, createContextKey, propagation, trace } = require(copies[index])
  trace.getTracer(copies[index]).startActiveSpan(copies[index], span => {
    const key = createContextKey('first')
    const first = context.active().getValue(key)
    const there = first === undefined
      ? propagation.setBaggage(context.active().setValue(key, copies[index]), propagation.createBaggage({ by: { value: copies[index] } }))
      : context.active()
    context.with(there, () => {
      span.setAttribute('first', context.active().getValue(key)).setAttribute('by', propagation.getBaggage(context.active()).getEntry('by').value)
      next(index + 1, () => { span.end(); done() })
    })
  })
}

next(0, () => {
  const server = http.createServer((req, res) => res.end(req.headers.baggage)).listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, res => {
      res.setEncoding('utf8').on('data', text => console.log(text)).on('end', () => server.close())
    })
  })
})
