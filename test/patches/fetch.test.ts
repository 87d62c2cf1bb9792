import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from '../helper'

const PRESET = { trace: '0123456789abcdef0123456789abcdef', span: '0123456789abcdef' }
const show = ['http.response.status_code', 'url.path']

traces('fetch: a text, a URL, a Request, an init, a redirect, and all ways to fail', 'fetch.js', `
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/string
POST  client  http.response.status_code=200
  POST  server  http.response.status_code=200  url.path=/url
PUT  client  http.response.status_code=200
  PUT  server  http.response.status_code=200  url.path=/request
DELETE  client  http.response.status_code=200
  DELETE  server  http.response.status_code=200  url.path=/init
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/pairs
GET  client  http.response.status_code=200
GET  server  http.response.status_code=200  url.path=/preset
GET  client  http.response.status_code=302
  GET  server  http.response.status_code=302  url.path=/moved
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/here
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/early
GET  client  ERROR 503  http.response.status_code=503
  GET  server  ERROR 503  http.response.status_code=503  url.path=/busy
GET  client  ERROR UND_ERR_SOCKET
  GET  server  url.path=/broken
GET  client  ERROR ECONNREFUSED
GET  client
  GET  server  url.path=/slow
GET  client  ERROR TimeoutError
  GET  server  url.path=/slow`, { show })

test('fetch: every attribute; one traceparent, and the application\'s own where it set one', async () => {
  const { spans, stdout } = await run('fetch.js')
  const clients = spans.filter(span => span.kind === 'client')
  const first = clients.find(span => String(span.attributes['url.full']).includes('/string'))!
  const port = first.attributes['server.port']
  assert.deepEqual(first.attributes, {
    'http.request.method': 'GET', 'url.full': `http://127.0.0.1:${port}/string?sig=REDACTED`, 'server.address': '127.0.0.1', 'server.port': port,
    'network.peer.address': '127.0.0.1', 'network.peer.port': port, 'network.protocol.version': '1.1', 'http.response.status_code': 200
  })
  assert.equal(first.scope, 'autospan/fetch')
  const seen: Record<string, string[]> = JSON.parse(stdout)
  for (const [path, headers] of Object.entries(seen)) {
    const { traceId, spanId } = clients.find(span => String(span.attributes['url.full']).endsWith(path.replace('secret', 'REDACTED')))!
    assert.deepEqual(headers, [path === '/preset' ? `00-${PRESET.trace}-${PRESET.span}-01` : `00-${traceId}-${spanId}-03`])
  }
  const preset = spans.filter(span => span.traceId === PRESET.trace)
  assert.deepEqual(preset.map(span => `${span.kind} ${span.parentSpanId}`).sort(), [`client ${PRESET.span}`, `server ${PRESET.span}`])
})

traces('fetch: one host after the other', '', ['127.0.0.1', 'localhost', '127.0.0.1'].map(host => `
GET  client  server.address=${host}
  GET  server  server.address=${host}`).join(''), {
  show: ['server.address'],
  args: ['-e', `
    const server = require('node:http').createServer((req, res) => res.end()).listen(0, async () => {
      for (const host of ['127.0.0.1', 'localhost', '127.0.0.1']) await (await fetch('http://' + host + ':' + server.address().port)).text()
      server.close()
      server.closeAllConnections()
    })`]
})

test('fetch: what is not sampled is told on', async () => {
  const { spans, stdout } = await run('fetch.js', { env: { OTEL_TRACES_SAMPLER: 'always_off' } })
  assert.deepEqual(spans, [])
  for (const headers of Object.values<string[]>(JSON.parse(stdout))) {
    assert.equal(headers.length, 1)
    assert.match(headers[0], /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[02]$|^00-0123456789abcdef0123456789abcdef-0123456789abcdef-01$/)
  }
})

test('fetch: an ignored host is neither traced nor told of the trace', async () => {
  const { spans, stdout } = await run('fetch.js', { env: { AUTOSPAN_IGNORE_OUTGOING: '127.0.0.*' } })
  assert.deepEqual(spans.filter(span => span.kind === 'client'), [])
  for (const [path, headers] of Object.entries<string[]>(JSON.parse(stdout))) assert.equal(headers.length, path === '/preset' ? 1 : 0)
})

test('fetch: a method that is not known', async () => {
  const { spans } = await run('fetch.js', { env: { OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,POST' } })
  const put = spans.filter(span => span.attributes['http.request.method_original'] === 'PUT')
  assert.deepEqual(put.map(span => [span.name, span.kind, span.attributes['http.request.method']]).sort(), [['HTTP', 'client', '_OTHER'], ['HTTP', 'server', '_OTHER']])
})

traces('undici: fetch, request, array headers, stream, pipeline, redirect, retry, Client, upgrade, BalancedPool', 'undici.js', `
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/fetch
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/request
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/arrays
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/stream
PUT  client  http.response.status_code=200
  PUT  server  http.response.status_code=200  url.path=/pipeline
GET  client  http.response.status_code=302
  GET  server  http.response.status_code=302  url.path=/moved
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/here
GET  client  ERROR 503  http.response.status_code=503
  GET  server  ERROR 503  http.response.status_code=503  url.path=/flaky
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/flaky
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/client
GET  client  http.response.status_code=101
  GET  server  http.response.status_code=101  url.path=/upgrade
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200  url.path=/balanced`,
{ show, args: ['fetch', 'request', 'arrays', 'stream', 'pipeline', 'redirect', 'retry', 'client', 'balanced'] })

traces('undici: a refused connection is an error, a request that its caller aborts is none', 'undici.js', `
GET  client  ERROR ECONNREFUSED
GET  client
  GET  server  http.request.aborted=true`, { show: ['http.request.aborted'], args: ['refused', 'aborted'] })

test('undici: a traceparent that the application set is the parent, and stays alone', async () => {
  const { spans } = await run('undici.js', { args: ['preset'] })
  assert.deepEqual(spans.map(span => `${span.kind} ${span.traceId} ${span.parentSpanId}`).sort(),
    ['client', 'client', 'server', 'server'].map(kind => `${kind} ${PRESET.trace} ${PRESET.span}`))
})

// Ten requests, each with what is sent for it, which waits in the queue of a pool of one connection, beneath it.
const ten = (lines: string): string => Array.from({ length: 10 }, (_, i) => `
GET  client
  GET  server  url.path=/  url.query=${i}${lines.replaceAll('?', String(i))}
    GET  client
      GET  server  url.path=/after  url.query=${i}`).join('')
const queued = { show: ['url.path', 'url.query'] }

traces('undici: each request that waits in a pool has its own parent', 'undici-pool.js', ten(`
    GET  client
      GET  server  url.path=/plain  url.query=?`), { ...queued, args: ['plain'] })

traces('undici: what awaits a fetch on a connection of others goes on in its own context', 'undici-pool.js', ten(`
    GET  client
      GET  server  url.path=/plain  url.query=?`), { ...queued, args: ['fetched'] })

traces('undici: who listens to its channels hears of a fetch in the context of its caller', 'undici-pool.js', ten(`
    GET  client
      GET  server  url.path=/plain  url.query=?
    GET  client
      GET  server  url.path=/heard  url.query=?`), { ...queued, args: ['heard'] })

traces('undici: each redirect on a connection of others has its own parent', 'undici-pool.js', ten(`
    GET  client
      GET  server  url.path=/moved  url.query=?
    GET  client
      GET  server  url.path=/here  url.query=?`), { ...queued, args: ['moved'] })

traces('undici: each retry on a connection of others has its own parent', 'undici-pool.js', ten(`
    GET  client  ERROR 503
      GET  server  ERROR 503  url.path=/flaky  url.query=?
    GET  client
      GET  server  url.path=/flaky  url.query=?`), { ...queued, args: ['flaky'] })

test('undici: a MockAgent mocks as ever, and what it lets through is traced', async () => {
  const { spans, stdout, stderr } = await run('undici-mock.mjs')
  assert.equal(stdout, 'mocked,mocked,real,MockNotMatchedError\n', stderr)
  assert.equal(drawn(spans), 'GET  client\n  GET  server')
})
