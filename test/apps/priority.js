// A handler that knows better than the sampler: it asks for the trace of some requests, and for none of some of its work.
const http = require('node:http')
const express = require('express')
const { context, propagation, trace } = require('@opentelemetry/api')

const get = path => new Promise((resolve, reject) => {
  http.get({ port: server.address().port, path, agent: false }, answer => answer.resume().on('end', () => resolve(answer)).on('error', reject))
})
const heard = []
const waiting = []
let arrived
const app = express()
app.get('/heard', (req, res) => {
  heard.push(`${req.query.by} ${req.headers.b3.split('-')[2]} ${req.headers.traceparent.slice(-2)}`)
  if (!['before', 'fetched'].includes(req.query.by)) return res.end()
  waiting.push(res)
  arrived()
})
app.get('/wanted/:id', async (req, res) => {
  // They are on their way when it is decided.
  const asked = [get('/heard?by=before')]
  await new Promise(resolve => { arrived = resolve })
  asked.push(fetch(`http://127.0.0.1:${server.address().port}/heard?by=fetched`).then(answer => answer.text()))
  await new Promise(resolve => { arrived = resolve })
  trace.getActiveSpan().setAttribute('sampling.priority', 1)
  for (const answer of waiting) answer.end()
  await Promise.all(asked)
  await get('/heard?by=after')
  res.end()
})
app.use('/early', (req, res, next) => {
  trace.getActiveSpan().setAttribute('sampling.priority', 1)
  next()
})
app.get('/early/:id', (req, res) => { res.end() })
app.get('/inside', async (req, res) => {
  const tracer = trace.getTracer('shop')
  await tracer.startActiveSpan('audit', { attributes: { id: 7, 'sampling.priority': 1 } }, async span => {
    // Who hears of an event of the response does so where it is emitted.
    res.once('audit', async () => {
      await get('/heard?by=inside')
      res.emit('audited')
    })
    await new Promise(resolve => res.once('audited', resolve).emit('audit'))
    const carrier = {}
    propagation.inject(propagation.setBaggage(context.active(), propagation.createBaggage({ who: { value: 'me' } })), carrier)
    heard.push(`told ${carrier.b3.split('-')[2]} ${carrier.traceparent.slice(-2)}`)
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
