import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { drawn, run, traces } from '../helper'
import { relay, type Relay } from '../relay'
import type { Seen } from '../collector'

const OFF = { OTEL_TRACES_SAMPLER: 'parentbased_always_off', AUTOSPAN_KEEP: 'errors,slow:1000', OTEL_PROPAGATORS: 'tracecontext,b3' }
const isSampled = ({ flags }: Seen): boolean => (flags & 1) === 1

describe('AUTOSPAN_KEEP, two services, of which the first asks the second', () => {
  let first: Relay
  let second: Relay
  before(async () => {
    second = await relay(OFF)
    first = await relay({ ...OFF, NEXT: `${second.url}/http` })
  })
  after(async () => { for (const each of [first, second]) await each?.end().catch(() => {}) })

  test('what went well leaves nothing; what failed or was slow leaves what each of them has of it; nobody is told that it was sampled', async () => {
    const asked: string[] = []
    const ask = async (to: Record<string, string>, own: Record<string, string> = {}): Promise<string> => {
      const told = await first.pass(to, own)
      assert.match(told.traceparent, /-02$/)
      assert.match(told.b3, /-0$/)
      asked.push(told.traceparent)
      return told.traceparent.split('-')[1]
    }
    // The first one waits for what is loaded only now.
    await first.pass({})
    const fine = await ask({})
    const firstFailed = await ask({ 'x-status': '500' })
    const secondFailed = await ask({}, { 'x-status': '503' })
    const firstSlow = await ask({ 'x-wait': '1100' })
    const secondSlow = await ask({}, { 'x-wait': '1100' })
    // A caller's no is no more than the sampler's.
    const refused = '7'.repeat(32)
    assert.equal(await ask({ traceparent: `00-${refused}-${'8'.repeat(16)}-02`, 'x-status': '500' }), refused)
    const spans = [await first.end(), await second.end()]
    const of = (id: string): string[] => spans.map(all => drawn(all.filter(span => span.traceId === id), ['autospan.keep']))
    const both = (reason: string, failure = ''): string => `GET  server${failure}  autospan.keep=${reason}\n  GET  client  autospan.keep=${reason}`
    assert.deepEqual(of(fine), ['', ''])
    assert.deepEqual(of(firstFailed), [both('error', '  ERROR 500'), ''])
    assert.deepEqual(of(secondFailed), ['GET  server  autospan.keep=error\n  GET  client  ERROR 503  autospan.keep=error', both('error', '  ERROR 503')])
    assert.deepEqual(of(firstSlow), [both('slow'), ''])
    assert.deepEqual(of(secondSlow), [both('slow'), both('slow')])
    assert.deepEqual(of(refused), [both('error', '  ERROR 500'), ''])
    for (const span of spans.flat()) assert.equal(isSampled(span), false, span.name)
    const [client] = spans[0].filter(span => span.traceId === secondSlow && span.kind === 'client')
    const [server] = spans[1].filter(span => span.traceId === secondSlow && span.kind === 'server')
    assert.equal(server.parentSpanId, client.spanId)
    assert.equal(new Set(asked).size, asked.length)
  })
})

test('without AUTOSPAN_KEEP what is not sampled leaves nothing, whatever became of it', async () => {
  const app = await relay({ ...OFF, AUTOSPAN_KEEP: '' })
  for (const headers of [[], ['x-status', '500'], ['x-wait', '1100']]) assert.match((await app.pass(headers)).traceparent, /-02$/)
  assert.deepEqual(await app.end(), [])
})

test('what is sampled is as it was', async () => {
  const app = await relay({ AUTOSPAN_KEEP: 'errors,slow:1000' })
  for (const headers of [[], ['x-status', '500']]) assert.match((await app.pass(headers)).traceparent, /-03$/)
  const spans = await app.end()
  assert.ok(spans.length === 4 && spans.every(isSampled))
  assert.equal(drawn(spans, ['autospan.keep']), 'GET  server\n  GET  client\nGET  server  ERROR 500\n  GET  client')
})

test('a process that dies of an error tells of it', async () => {
  const { code, stderr, spans } = await run('crash.js', { env: { ...OFF, AUTOSPAN_KEEP: 'errors' } })
  assert.equal(code, 1, stderr)
  assert.equal(drawn(spans, ['autospan.keep']), 'GET  client  UNFINISHED  ERROR TypeError  autospan.keep=error\n  GET  server  ERROR TypeError  autospan.keep=error')
})

test('where there is no room left, that is said, and the process goes on', async () => {
  const { code, stderr, spans } = await run('priority.js', { env: { ...OFF, AUTOSPAN_KEEP_BYTES: '1' }, args: ['/inside', '/inside'] })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^autospan: more spans wait than there is room for .* \(AUTOSPAN_KEEP_SPANS, AUTOSPAN_KEEP_BYTES\)\n$/)
  assert.ok(spans.every(isSampled))
})

test('a value that is no good is told', async () => {
  const said = async (AUTOSPAN_KEEP: string): Promise<string> => (await run('http.js', { env: { AUTOSPAN_KEEP } })).stderr
  assert.match(await said('failures'), /^autospan: AUTOSPAN_KEEP=failures is ignored: it takes errors, slow:<milliseconds>, or both/m)
  assert.match(await said('errors,slow'), /^autospan: AUTOSPAN_KEEP: slow is ignored/m)
  assert.equal(await said('Errors, slow:500'), '')
})

const NO = { OTEL_PROPAGATORS: 'b3,tracecontext', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }
const PATHS = ['/wanted/7', '/early/7', '/inside', '/noise']
const SHOW = ['url.path', 'sampling.priority', 'id', 'http.response.status_code']
traces('sampling.priority: the request, or a span in it, is sampled for debugging, and all that follows', 'priority.js', `
GET  server  url.path=/wanted/7  sampling.priority=1  http.response.status_code=200
  GET  client  http.response.status_code=200
    GET /heard  server  url.path=/heard  http.response.status_code=200
GET /early/:id  server  url.path=/early/7  sampling.priority=1  http.response.status_code=200
audit  internal  sampling.priority=1  id=7
  GET  client  http.response.status_code=200
    GET /heard  server  url.path=/heard  http.response.status_code=200`, { env: NO, args: PATHS, show: SHOW })

traces('sampling.priority: what AUTOSPAN_KEEP has of the request until then is there, too', 'priority.js', `
GET /wanted/:id  server  url.path=/wanted/7  sampling.priority=1  http.response.status_code=200
  GET  client  http.response.status_code=200
  GET  client  http.response.status_code=200
  GET  client  http.response.status_code=200
    GET /heard  server  url.path=/heard  http.response.status_code=200
GET /early/:id  server  url.path=/early/7  sampling.priority=1  http.response.status_code=200
audit  internal  sampling.priority=1  id=7
  GET  client  http.response.status_code=200
    GET /heard  server  url.path=/heard  http.response.status_code=200`, { env: { ...NO, AUTOSPAN_KEEP: 'errors,slow:10000' }, args: PATHS, show: SHOW })

test('sampling.priority: what is told to others', async () => {
  const { stdout, spans } = await run('priority.js', { env: NO, args: PATHS })
  assert.equal(stdout, 'before 0 00, fetched 0 00, after d 01, inside d 01, told d 01, outside 0 00, noise 0 00\n')
  assert.ok(spans.every(isSampled))
})

traces('sampling.priority: 0 leaves out a span, and all that follows', 'priority.js', `
GET  client
  GET /noise  server`, { args: ['/noise'] })
