// A service of the greeting, traced by hand as OpenTracing's tutorials teach it: `node service.js formatter` or `node service.js publisher`.
const express = require('express')
const { FORMAT_HTTP_HEADERS, Tags } = require('opentracing')

const name = process.argv[2]
const tracer = require('./tracer')(name)
const app = express()

function served (req, operation) {
  const caller = tracer.extract(FORMAT_HTTP_HEADERS, req.headers)
  return tracer.startSpan(operation, { childOf: caller, tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER } })
}

app.get('/format', (req, res) => {
  const span = served(req, 'format')
  const greeting = span.getBaggageItem('greeting') ?? 'Hello'
  span.log({ event: 'format', value: req.query.to })
  res.send(`${greeting}, ${req.query.to}!`)
  span.finish()
})

app.get('/publish', (req, res) => {
  const span = served(req, 'publish')
  span.log({ event: 'println', value: req.query.what })
  console.log(req.query.what)
  res.send('published')
  span.finish()
})

const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => { server.close(); tracer.close() })
