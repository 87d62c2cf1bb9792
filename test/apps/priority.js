// A handler that knows better than the sampler: it asks for the trace of some requests, and for none of some of its work.
const http = require('node:http')
const express = require('express')
const { trace } = require('@opentelemetry/api')

const get = path => new Promise((resolve, reject) => {
  http.get({ port: server.address().port, path, agent: false }, answer => answer.resume().on('end', () => resolve(answer)).on('error', reject))
})
const heard = []
const app = express()
app.get('/heard', (req, res) => {
  heard.push(`${req.query.by} ${req.headers.b3.split('-')[2]} ${req.headers.traceparent.slice(-2)}`)
  res.end()
})
app.get('/wanted/:id', async (req, res) => {
  await get('/heard?by=before')
  await (await fetch(`http://127.0.0.1:${server.address().port}/heard?by=fetched`)).text()
  trace.getActiveSpan().setAttribute('sampling.priority', 1)
  await get('/heard?by=after')
  res.end()
})
app.get('/inside', async (req, res) => {
  const tracer = trace.getTracer('shop')
  await tracer.startActiveSpan('audit', { attributes: { id: 7, 'sampling.priority': 1 } }, async span => {
    await get('/heard?by=inside')
    span.end()
  })
  await get('/heard?by=outside')
  res.end()
})
app.get('/noise', async (req, res) => {
  await trace.getTracer('shop').startActiveSpan('poll', { attributes: { 'sampling.priority': 0 } }, async span => {
    await get('/heard?by=noise')
    span.end()
  })
  res.end()
})
const server = app.listen(0, '127.0.0.1', async () => {
  for (const path of process.argv.slice(2)) await get(path)
  console.log(heard.join(', '))
  server.close()
})
