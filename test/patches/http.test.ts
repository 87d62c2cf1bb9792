import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from '../helper'

const PRESET = { trace: '0123456789abcdef0123456789abcdef', span: '0123456789abcdef' }
const STATUS = 'http.response.status_code'
const server = ['url.path', 'url.query', STATUS]

traces('http: server and client, callback, error', 'http.js', `
GET  client
  GET  server
    GET  client  ERROR 503
      GET  server  ERROR 503
GET  client  ERROR ECONNREFUSED`)

traces('http: named imports of an ES module', 'http-named.mjs', `
GET  client
  GET  server  url.path=/get
POST  client
  POST  server  url.path=/request
GET  client
  GET  server  url.path=/default`, { show: ['url.path'] })

traces('http: every shape of a request', 'http-cases.js', `
GET  client  http.response.status_code=200
  GET  server  url.path=/url  http.response.status_code=200
HEAD  client  http.response.status_code=200
  HEAD  server  url.path=/head  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/flat  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/pairs  http.response.status_code=200
POST  client  http.response.status_code=200
  POST  server  url.path=/late  http.response.status_code=200
POST  client  http.response.status_code=200
  POST  server  url.path=/expect  http.response.status_code=200
POST  client  http.response.status_code=200
  POST  server  url.path=/expect  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/absolute  url.query=b=2  http.response.status_code=200
OPTIONS  client  http.response.status_code=200
  OPTIONS  server  url.path=*  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/early  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/trailers  http.response.status_code=200
GET  client  http.response.status_code=200
  GET  server  url.path=/unread  http.response.status_code=200
GET  client  http.response.status_code=101
  GET  server  url.path=/upgrade  http.response.status_code=101
GET  client  http.response.status_code=101
  GET  server  url.path=/corked  http.response.status_code=101
GET  client  http.response.status_code=200
  GET  server  url.path=/named  http.response.status_code=200
CONNECT  client  http.response.status_code=200
  CONNECT  server  url.path=example.org:443  http.response.status_code=200
GET  server  url.path=/one  http.response.status_code=200
POST  server  url.path=/two  http.response.status_code=200
GET  server  url.path=/three  http.response.status_code=200`, {
  show: server,
  args: ['url', 'head', 'flat', 'pairs', 'late', 'expect', 'checked', 'absolute', 'asterisk', 'early', 'trailers', 'unread', 'upgrade', 'corked', 'named', 'connect', 'pipelined']
})

traces('http: every way to fail, and to give up, which is no failure', 'http-cases.js', `
GET  client  ERROR 503
  GET  server  ERROR 503  url.path=/busy
GET  client  ERROR 404
  GET  server  url.path=/missing
GET  client  ERROR 400
GET  client  ERROR ECONNREFUSED
GET  client  ERROR ENOTFOUND
GET  client  ERROR ECONNRESET
  GET  server  url.path=/hangup  http.request.aborted=true
GET  client
  GET  server  url.path=/half  http.request.aborted=true
GET  client
  GET  server  url.path=/slow  url.query=aborted  http.request.aborted=true
GET  client
  GET  server  url.path=/slow  url.query=destroyed  http.request.aborted=true
GET  client  ERROR OWN
  GET  server  url.path=/slow  url.query=with  http.request.aborted=true
GET  client
  GET  server  url.path=/slow  url.query=signal  http.request.aborted=true
GET  client  ERROR TimeoutError
  GET  server  url.path=/slow  url.query=late  http.request.aborted=true
GET  client  ERROR ECONNRESET
  GET  server  url.path=/slow  url.query=timeout  http.request.aborted=true`, {
  show: ['url.path', 'url.query', 'http.request.aborted'],
  args: ['busy', 'missing', 'hostless', 'refused', 'unknown', 'hangup', 'half', 'aborted', 'destroyed', 'destroyedWith', 'signal', 'signalLate', 'timeout']
})

traces('http: what lasts longer than its request: events, answers without an end, pipelined requests, WebSockets, tunnels', 'lasting.js', `
GET  client  http.response.status_code=200
  GET  server  url.path=/events  http.response.status_code=200  http.request.aborted=true
GET  client  http.response.status_code=200
  GET  server  url.path=/never  http.response.status_code=200  http.request.aborted=true
GET  client
  GET  server  url.path=/silent  http.request.aborted=true
GET  server  url.path=/queue/held  http.request.aborted=true
GET  server  url.path=/queue/answered  http.response.status_code=200  http.request.aborted=true
GET  server  url.path=/queue/waiting  http.request.aborted=true
GET  server  url.path=/queue/last  http.request.aborted=true
GET  client  http.response.status_code=101
  GET  server  url.path=/socket  http.response.status_code=101
GET  client  http.response.status_code=200
  GET  server  url.path=/message  http.response.status_code=200
GET  client  http.response.status_code=101
  GET  server  url.path=/later  http.response.status_code=101
GET  client  http.response.status_code=200
  GET  server  url.path=/message  http.response.status_code=200
GET  client  ERROR 401  http.response.status_code=401
  GET  server  url.path=/refused  http.response.status_code=401
GET  client  ERROR 503  http.response.status_code=503
  GET  server  ERROR 503  url.path=/broken  http.response.status_code=503
GET  client  ERROR ECONNRESET
  GET  server  url.path=/hangup  http.request.aborted=true
CONNECT  client  http.response.status_code=200
  CONNECT  server  url.path=example.org:80  http.response.status_code=200
GET  server  url.path=/through  http.response.status_code=200`, { show: ['url.path', STATUS, 'http.request.aborted'] })

test('http: every attribute of a client and of a server', async () => {
  const { spans } = await run('http-cases.js', { args: ['get'] })
  const [client, served] = ['client', 'server'].map(kind => spans.find(span => span.kind === kind)!.attributes)
  const port = client['server.port']
  const from = served['network.peer.port']
  assert.ok(Number(port) > 0 && Number(from) > 0)
  const both = { 'http.request.method': 'GET', 'server.address': '127.0.0.1', 'server.port': port, 'network.peer.address': '127.0.0.1', 'network.protocol.version': '1.1', [STATUS]: 200 }
  assert.deepEqual(client, { ...both, 'url.full': `http://127.0.0.1:${port}/get?a=1&sig=REDACTED`, 'network.peer.port': port })
  assert.deepEqual(served, {
    ...both, 'url.scheme': 'http', 'url.path': '/get', 'url.query': 'a=1&sig=REDACTED', 'client.address': '127.0.0.1', 'network.peer.port': from, 'user_agent.original': 'test'
  })
})

test('http: https, and a certificate that nobody trusts', async () => {
  const { spans } = await run('http-cases.js', { args: ['https'] })
  assert.equal(drawn(spans, ['url.scheme', 'url.path']), 'GET  client\n  GET  server  url.scheme=https  url.path=/https\nGET  client  ERROR DEPTH_ZERO_SELF_SIGNED_CERT')
  const [trusted, untrusted] = spans.filter(span => span.kind === 'client').map(span => span.attributes)
  assert.deepEqual([trusted['url.full'], trusted['server.address']], [`https://localhost:${trusted['server.port']}/https`, 'localhost'])
  assert.equal(untrusted['url.full'], `https://localhost:${trusted['server.port']}/untrusted`)
})

test('http: what proxies tell of the client and of the host', async () => {
  const { spans } = await run('http-cases.js', { args: ['forwarded'] })
  const keys = ['client.address', 'server.address', 'server.port', 'url.scheme', 'network.peer.address']
  const told = spans.filter(span => span.kind === 'server').map(({ attributes }) => keys.map(key => attributes[key]))
  assert.deepEqual(told.slice(0, 2), [
    ['2001:db8::1', 'shop.example', 8443, 'https', '127.0.0.1'],
    ['1.2.3.4', 'www.example', undefined, 'https', '127.0.0.1']
  ])
  assert.deepEqual(told[2].filter(value => typeof value === 'string'), ['127.0.0.1', '127.0.0.1', 'http', '127.0.0.1'])
})

test('http: a socket of the file system is its own address', async () => {
  const { spans } = await run('http-cases.js', { args: ['socket'] })
  assert.equal(drawn(spans), 'GET  client\n  GET  server')
  const { attributes } = spans.find(span => span.kind === 'client')!
  assert.match(String(attributes['server.address']), /autospan-http-\d+\.sock$/)
  assert.equal(attributes['network.peer.address'], attributes['server.address'])
  assert.equal(attributes['server.port'], undefined)
})

test('http: one traceparent, and the application\'s own where it set one, which is the parent', async () => {
  const { spans, stdout } = await run('http-cases.js', { args: ['get', 'flat', 'pairs', 'late', 'expect', 'preset'] })
  const clients = spans.filter(span => span.kind === 'client')
  const entries = Object.entries<string[]>(JSON.parse(stdout))
  assert.equal(entries.length, 9)
  for (const [path, headers] of entries) {
    const { traceId, spanId } = clients.find(span => String(span.attributes['url.full']).endsWith(path.replace('secret', 'REDACTED')))!
    assert.deepEqual(headers, [path.startsWith('/preset') ? `00-${PRESET.trace}-${PRESET.span}-01` : `00-${traceId}-${spanId}-03`])
  }
  const preset = spans.filter(span => span.traceId === PRESET.trace)
  assert.deepEqual(preset.map(span => `${span.kind} ${span.parentSpanId}`).sort(), [...Array(4).fill(`client ${PRESET.span}`), ...Array(4).fill(`server ${PRESET.span}`)])
})

test('http: an ignored host is neither traced nor told of the trace', async () => {
  const { spans, stdout } = await run('http-cases.js', { args: ['get', 'flat', 'late', 'preset'], env: { AUTOSPAN_IGNORE_OUTGOING: '127.0.0.1' } })
  assert.deepEqual(spans.filter(span => span.kind === 'client'), [])
  for (const [path, headers] of Object.entries<string[]>(JSON.parse(stdout))) assert.equal(headers.length, path.startsWith('/preset') ? 1 : 0)
})

traces('http: nothing beneath an ignored request is traced', 'http-context.js', `
POST  client
POST  client
POST  client
POST  client`, { env: { AUTOSPAN_IGNORE_INCOMING: 'POST /' } })

const leaf = (who: string): string => `
    GET  client
      GET  server  url.path=/leaf  url.query=${who}`
traces('http: callbacks and listeners run in the context of their request, on connections that requests share', 'http-context.js', [0, 1, 2, 3].map(number => `
POST  client
  POST  server  url.path=/  url.query=${number}${['data', 'end'].map(event => leaf(`${event}-${number}`)).join('')}
    work  internal${leaf(`own-${number}`).replaceAll('\n', '\n  ')}${['written', 'finish', 'close'].map(event => leaf(`${event}-${number}`)).join('')}`).join(''),
{ show: ['url.path', 'url.query'] })

test('http: an application sees the same with tracing and without', async () => {
  const [bare, traced] = await Promise.all([run('http-same.js', { node: [] }), run('http-same.js')])
  assert.match(bare.stdout, /uncaught connect ECONNREFUSED/)
  assert.equal(traced.stdout, bare.stdout)
  assert.equal(traced.stderr, bare.stderr)
  assert.equal(traced.code, bare.code)
})
