import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from '../helper'

const show = ['url.path']

traces('threads: a worker goes on with the request that made it, and messages go along with theirs', 'threads.js', `
GET  client
  GET  server  url.path=/work
    GET  client
      GET  server  url.path=/start
    GET  client
      GET  server  url.path=/got/first
    GET  client
      GET  server  url.path=/got/back
    GET  client
      GET  server  url.path=/got/second`, { show })

test('threads: switched off, each is on its own', async () => {
  const { spans } = await run('threads.js', { env: { AUTOSPAN_THREADS: 'off' } })
  const traceOf = (path: string): string => spans.find(({ attributes, kind }) => kind === 'server' && attributes['url.path'] === path)!.traceId
  assert.notEqual(traceOf('/start'), traceOf('/work'))
  assert.notEqual(traceOf('/got/first'), traceOf('/work'))
})

test('threads: of a crowd of messages each is taken for what it is, but those that have waited too long for nobody\'s', async () => {
  for (const [requests, each, least] of [[20, 3, 59], [50, 5, 60]]) {
    const { code, stderr, spans } = await run('threads-crowd.js', { args: [String(requests), String(each)], env: { OTEL_BSP_SCHEDULE_DELAY: '50' } })
    assert.deepEqual([code, stderr], [0, ''])
    const servers = new Map(spans.filter(({ kind }) => kind === 'server').map(span => [String(span.attributes['url.path']), span]))
    let linked = 0
    for (const [path, span] of servers) {
      const [, request, step] = path.split('/')
      if (step === undefined) continue
      const client = spans.find(({ spanId }) => spanId === span.parentSpanId)!
      const isLinked = client.traceId === servers.get(`/${request}`)!.traceId
      if (isLinked) {
        linked++
        assert.equal(client.parentSpanId, servers.get(`/${request}`)!.spanId)
      } else assert.equal(client.parentSpanId, '', `${path} is in the trace of another request`)
    }
    // One was read by hand; it has no context.
    assert.equal(servers.size, requests + requests * each - 1)
    assert.ok(linked >= least, `${linked} of ${requests * each} are linked`)
  }
})

test('threads: a worker without the preload gets what it is sent, and nothing else', async () => {
  const { code, stderr, stdout, spans } = await run('threads-without.js')
  assert.deepEqual([code, stderr, stdout], [0, '', '{"n":1} {"n":1} 1\n'.repeat(2)])
  // What a thread in between does not know of is not made up.
  const request = spans.find(({ attributes }) => attributes['url.path'] === '/work')!
  assert.equal(drawn(spans.filter(({ traceId }) => traceId === request.traceId), show), 'GET  client\n  GET  server  url.path=/work')
})
