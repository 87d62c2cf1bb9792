import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from './helper'

const show = ['url.path']

traces('a timer goes on in the trace of the request that it outlives', 'timer.js', `
GET  client
  GET  server  url.path=/begin
    GET  client
      GET  server  url.path=/soon
    GET  client
      GET  server  url.path=/late`, { show })

test('with a limit to the age of a trace, it begins one of its own, with a link', async () => {
  const { code, spans, stderr } = await run('timer.js', { env: { AUTOSPAN_MAX_TRACE_AGE: '1s' } })
  assert.equal(code, 0, stderr)
  assert.equal(drawn(spans, show), `
GET  client
  GET  server  url.path=/begin
    GET  client
      GET  server  url.path=/soon
GET  client
  GET  server  url.path=/late`.trim())
  const late = spans.filter(({ parentSpanId }) => parentSpanId === '')[1]
  const begin = spans.find(({ attributes }) => attributes['url.path'] === '/begin')!
  assert.deepEqual(late.links.map(({ traceId, spanId }) => [traceId, spanId]), [[begin.traceId, begin.spanId]])
})
