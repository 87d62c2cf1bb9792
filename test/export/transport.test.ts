import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, Socket, type AddressInfo } from 'node:net'
import { after, mock, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { setWall } from '../wall'
import { tally, type Destination, type Tally } from '../../src/export/exporter'
import { rejections } from '../../src/export/otlp'
import { Transport } from '../../src/export/transport'
import { nowByWall } from '../../src/trace/clock'
import { collector, type Reply } from '../collector'
import { freePort } from '../services'

// What is said on stderr is heard here, and goes on.
const said: string[] = []
const write = fs.writeSync as (fd: number, text: string) => number
fs.writeSync = ((fd: number, text: string) => { said.push(text); return write(fd, text) }) as typeof fs.writeSync
const saidOf = (url: string): string[] => said.filter(line => line.startsWith('autospan:') && line.includes(url))

// A transport keeps no process alive, so this has to.
const hold = setInterval(() => {}, 60_000)
after(() => clearInterval(hold))

const destination = (url: string, more: Partial<Destination> = {}): Destination =>
  ({ url: `${url}/v1/traces`, headers: { 'content-type': 'application/json' }, gzip: false, timeout: 10_000, tls: {}, ...more })
const lost = ({ dropped }: Tally): Record<string, number> => Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0))
const EMPTY = Buffer.from('{"resourceSpans":[]}')

interface Case { sink: Awaited<ReturnType<typeof collector>>, transport: Transport, tally: Tally }
/** A transport to a collector that answers as told. */
async function given (answer: (request: number) => Reply, options: { queueSize?: number, exportTimeout?: number } = {}, more: Partial<Destination> = {}): Promise<Case> {
  const sink = await collector(answer)
  const counts = tally()
  return { sink, tally: counts, transport: new Transport(destination(sink.url, more), { queueSize: 100, exportTimeout: 30_000, ...options }, counts, 'a way out', rejections) }
}

test('a batch arrives, with its headers', async () => {
  const { sink, transport, tally } = await given(() => 200, {}, { headers: { 'content-type': 'application/json', authorization: 'Bearer x' } })
  transport.take(EMPTY, 3)
  await transport.idle(false)
  assert.deepEqual(sink.requests.map(({ url, headers, body }) => [url, headers.authorization, headers['content-length'], String(body)]),
    [['/v1/traces', 'Bearer x', '20', String(EMPTY)]])
  assert.equal(tally.exported, 3)
  await sink.close()
})

test('all of a URL counts: who asks, what is asked for; one that is none is an outage like any other', async () => {
  const sink = await collector(() => 200)
  const { port } = new URL(sink.url)
  const other = new Transport(destination('', { url: `http://me:p%40ss@localhost:${port}/traces?key=1` }), { queueSize: 100, exportTimeout: 0 }, tally(), 'a way out')
  other.take(EMPTY, 1)
  await other.idle(false)
  const [{ url, headers }] = sink.requests
  assert.deepEqual([url, headers.host, headers.authorization], ['/traces?key=1', `localhost:${port}`, `Basic ${btoa('me:p@ss')}`])
  other.abandon()
  await sink.close()

  const counts = tally()
  const nowhere = new Transport(destination('', { url: 'nowhere' }), { queueSize: 100, exportTimeout: 0 }, counts, 'a way out')
  nowhere.take(EMPTY, 1)
  await nowhere.idle(true)
  assert.deepEqual(lost(counts), { expired: 1 })
  assert.match(saidOf('nowhere')[0], /nowhere cannot be reached \(Invalid URL\)/)
})

test('a header that none may have is an outage like any other; a length of the settings\' own is not told', async () => {
  const { sink, transport } = await given(() => 200, {}, { headers: { 'content-type': 'application/json', 'Content-Length': '7', 'x-team': 'caf\u00e9' } })
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.deepEqual(sink.requests.map(({ headers, body }) => [headers['content-length'], headers['x-team'], String(body)]), [['20', 'caf\u00e9', String(EMPTY)]])
  for (const headers of [{ 'x-a': 'b\r\nx-c: d' }, { 'x a': 'b' }] as Array<Record<string, string>>) {
    const wrong = new Transport(destination(sink.url, { headers }), { queueSize: 100, exportTimeout: 30_000 }, tally(), 'a way out')
    wrong.take(EMPTY, 1)
    await wrong.idle(true)
    wrong.abandon()
  }
  assert.equal(sink.requests.length, 1)
  assert.match(saidOf(sink.url).join(''), /cannot be reached \(the header 'x-a' has characters that none may have\)/)
  await sink.close()
})

test('a key that cannot be used is an outage like any other, and begins no connection: neither where nobody listens nor where somebody does', async () => {
  const keys = { rubbish: 'no key', locked: generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey }
  let connections = 0
  const server = createServer(socket => { connections++; socket.destroy() })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  for (const port of [await freePort(), (server.address() as AddressInfo).port]) {
    for (const [name, key] of Object.entries(keys)) {
      const url = `https://127.0.0.1:${port}/${name}`
      const counts = tally()
      const transport = new Transport(destination(url, { tls: { key } }), { queueSize: 100, exportTimeout: 30_000 }, counts, 'a way out')
      transport.take(EMPTY, 1)
      await transport.idle(true)
      assert.deepEqual([lost(counts), saidOf(url).length], [{ expired: 1 }, 1])
      assert.match(saidOf(url)[0], /cannot be reached \(error:/)
    }
  }
  // What was begun would have come by now: a connection of the same kind has.
  await once(connect((server.address() as AddressInfo).port, '127.0.0.1'), 'close')
  assert.equal(connections, 1)
  server.close()
})

test('gzip', async () => {
  const { sink, transport } = await given(() => 200, {}, { gzip: true })
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.equal(sink.requests[0].headers['content-encoding'], 'gzip')
  assert.equal(String(gunzipSync(sink.requests[0].body)), String(EMPTY))
  await sink.close()
})

test('connections are used again', async () => {
  let connections = 0
  const server = createHttpServer((req, res) => req.resume().on('end', () => res.end())).on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const transport = new Transport(destination(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), { queueSize: 100, exportTimeout: 0 }, tally(), 'a way out')
  for (let i = 0; i < 5; i++) {
    transport.take(EMPTY, 1)
    await transport.idle(false)
  }
  assert.equal(connections, 1)
  server.close()
  server.closeAllConnections()
})

for (const status of [429, 502, 503, 504]) {
  test(`${status}: tried again, after a pause`, async () => {
    const { sink, transport, tally } = await given(request => request === 1 ? status : 200)
    transport.take(EMPTY, 2)
    await transport.idle(false)
    assert.equal(sink.requests.length, 2)
    const pause = sink.requests[1].at - sink.requests[0].at
    assert.ok(pause >= 450 && pause < 2000, `${pause} ms`)
    assert.equal(tally.exported, 2)
    assert.deepEqual(lost(tally), {})
    assert.deepEqual(saidOf(sink.url), [])
    await sink.close()
  })
}

test('Retry-After is kept to', async () => {
  const { sink, transport, tally } = await given(request => request === 1 ? { status: 503, headers: { 'retry-after': '2' } } : 200)
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.ok(sink.requests[1].at - sink.requests[0].at >= 1990)
  assert.equal(tally.exported, 1)
  await sink.close()
})

test('Retry-After as a date, and one that is over', async () => {
  const { sink, transport } = await given(request => request === 1 ? { status: 429, headers: { 'retry-after': new Date(Date.now() - 5000).toUTCString() } } : 200)
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.ok(sink.requests[1].at - sink.requests[0].at < 400)
  await sink.close()
})

test('Retry-After that asks for centuries: it is kept to, but who waits for what is sent does not wait for that', async () => {
  const { sink, transport, tally } = await given(request => request === 1 ? { status: 503, headers: { 'retry-after': '99999999999' } } : 200, { exportTimeout: 300 })
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.deepEqual([sink.requests.length, lost(tally)], [1, { expired: 1 }])
  transport.take(EMPTY, 2)
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(sink.requests.length, 1)
  await transport.idle(false)
  assert.deepEqual([sink.requests.length, tally.exported], [2, 2])
  await sink.close()
})

test('a clock that is set while a batch waits makes it neither too old nor eternal', async () => {
  const { sink, transport, tally } = await given(request => request === 1 ? 503 : 200, { exportTimeout: 5000 })
  transport.take(EMPTY, 1)
  while (sink.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
  setWall(3_600_000)
  nowByWall()
  try { await transport.idle(false) } finally { setWall(0) }
  await new Promise(resolve => setTimeout(resolve, 20))
  nowByWall()
  assert.deepEqual([tally.exported, lost(tally)], [1, {}])
  await sink.close()
})

test('batches that fail at once have failed once: the next pause is no longer for that', async () => {
  const { sink, transport, tally } = await given(request => request <= 5 ? { status: 503, delay: 50 } : 200)
  for (let i = 0; i < 4; i++) transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.equal(tally.exported, 4)
  const pause = sink.requests[5].at - sink.requests[4].at
  assert.ok(pause >= 950 && pause < 3500, `${pause} ms`)
  await sink.close()
})

test('Retry-After that asks for no pause is no leave to ask without one', async () => {
  for (const after of ['0', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    const { sink, transport } = await given(request => request <= 3 ? { status: 503, headers: { 'retry-after': after } } : 200)
    transport.take(EMPTY, 1)
    await transport.idle(false)
    for (let i = 1; i < 4; i++) assert.ok(sink.requests[i].at - sink.requests[i - 1].at >= 95, after)
    await sink.close()
  }
})

test('an answer that cannot be read is the end of the batch, and of nothing else', async () => {
  const sink = await collector()
  const counts = tally()
  const transport = new Transport(destination(sink.url), { queueSize: 100, exportTimeout: 30_000 }, counts, 'a way out', () => { throw new Error('unread') })
  transport.take(EMPTY, 3)
  await transport.idle(false)
  assert.deepEqual([lost(counts), saidOf(sink.url)], [{ failed: 3 }, [`autospan: spans for ${sink.url}/v1/traces are dropped: unread\n`]])
  await sink.close()
})

test('what a collector says is one line of ours, and not a long one', async () => {
  const { sink, transport } = await given(() => ({ status: 400, headers: { 'content-type': 'text/html' }, body: `no\r\nautospan: all is well\x1b[31m${'x'.repeat(10_000)}` }))
  transport.take(EMPTY, 1)
  await transport.idle(false)
  const [line, ...more] = saidOf(sink.url)
  assert.match(line, /: it answered 400 \(no autospan: all is well \[31mx+\)\n$/)
  assert.ok(line.length < 400 && more.length === 0)
  await sink.close()
})

for (const status of [400, 401, 404, 413, 500, 301]) {
  test(`${status}: dropped and counted, said once`, async () => {
    const { sink, transport, tally } = await given(request => ({ status, headers: { 'content-type': 'text/plain' }, body: `no\nthanks ${request}` }))
    transport.take(EMPTY, 2)
    await transport.idle(false)
    transport.take(EMPTY, 3)
    await transport.idle(false)
    assert.equal(sink.requests.length, 2)
    assert.deepEqual(lost(tally), { refused: 5 })
    assert.deepEqual(saidOf(sink.url), [`autospan: spans for ${sink.url}/v1/traces are dropped: it answered ${status} (no thanks 1)\n`])
    await sink.close()
  })
}

test('a batch that is taken in part is not sent again', async () => {
  const { sink, transport, tally } = await given(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}' }))
  transport.take(EMPTY, 5)
  await transport.idle(false)
  assert.equal(sink.requests.length, 1)
  assert.equal(tally.exported, 3)
  assert.deepEqual(lost(tally), { rejected: 2 })
  assert.deepEqual(saidOf(sink.url), [`autospan: ${sink.url}/v1/traces rejected 2 of 5 spans: too old\n`])
  await sink.close()
})

test('nobody listens: one line, tried again until somebody does, which is said', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const counts = tally()
  const transport = new Transport(destination(url), { queueSize: 100, exportTimeout: 30_000 }, counts, 'a way out')
  transport.take(EMPTY, 1)
  transport.take(EMPTY, 1)
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.deepEqual(saidOf(url), [`autospan: nobody listens at ${url}/v1/traces; a way out\n`])
  const received: string[] = []
  const server = createServer(socket => socket.on('data', data => { received.push(String(data)); socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n') }))
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await transport.idle(false)
  assert.equal(counts.exported, 2)
  assert.deepEqual(saidOf(url), [`autospan: nobody listens at ${url}/v1/traces; a way out\n`, `autospan: ${url}/v1/traces takes spans again\n`])
  transport.abandon()
  server.close()
})

test('what an outage has cost is said at its end', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const counts = tally()
  const transport = new Transport(destination(url), { queueSize: 100, exportTimeout: 300 }, counts, 'a way out')
  transport.take(EMPTY, 3)
  await transport.idle(false)
  assert.deepEqual(lost(counts), { expired: 3 })
  const server = createHttpServer((req, res) => req.resume().on('end', () => res.end()))
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  transport.take(EMPTY, 2)
  await transport.idle(true)
  assert.deepEqual([counts.exported, saidOf(url)], [2, [`autospan: nobody listens at ${url}/v1/traces; a way out\n`, `autospan: ${url}/v1/traces takes spans again; spans lost meanwhile: 3\n`]])
  transport.abandon()
  server.close()
})

test('by UDP: that nobody listens is heard, and the packet is sent again', async () => {
  const port = await freePort()
  const url = `udp://localhost:${port}`
  const counts = tally()
  const transport = new Transport({ url, headers: {}, gzip: false, timeout: 0, tls: {} }, { queueSize: 100, exportTimeout: 30_000 }, counts, 'a way out')
  transport.take(Buffer.from('one'), 1)
  while (saidOf(url).length === 0) await new Promise(resolve => setTimeout(resolve, 10))
  assert.deepEqual(saidOf(url), [`autospan: nobody listens at ${url}; a way out\n`])
  const received: string[] = []
  const { address } = await lookup('localhost')
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').on('message', packet => received.push(String(packet)))
  await new Promise<void>(resolve => socket.bind(port, address, resolve))
  transport.take(Buffer.from('two'), 1)
  await transport.idle(false)
  assert.deepEqual(received, ['one', 'two'])
  assert.equal(counts.exported, 2)
  assert.equal(saidOf(url)[1], `autospan: ${url} takes spans again\n`)
  transport.abandon()
  socket.close()
})

test('by UDP: packets go one by one, for an agent\'s socket holds but a few', async () => {
  const counts = tally()
  const before: number[] = []
  const socket = createSocket('udp4').on('message', () => before.push(counts.exported))
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const to = { url: `udp://127.0.0.1:${socket.address().port}`, headers: {}, gzip: false, timeout: 0, tls: {} }
  const transport = new Transport(to, { queueSize: 100, exportTimeout: 30_000 }, counts, 'a way out')
  for (const text of ['one', 'two', 'three']) transport.take(Buffer.from(text), 1)
  await transport.idle(false)
  assert.deepEqual(before, [0, 1, 2])
  transport.abandon()
  socket.close()
})

test('by UDP: a host that is not known', async () => {
  const url = 'udp://nowhere.invalid:6831'
  const counts = tally()
  const transport = new Transport({ url, headers: {}, gzip: false, timeout: 0, tls: {} }, { queueSize: 100, exportTimeout: 100 }, counts, 'a way out')
  transport.take(Buffer.from('one'), 1)
  await transport.idle(false)
  assert.match(saidOf(url)[0], /^autospan: udp:\/\/nowhere\.invalid:6831 cannot be reached \(getaddrinfo /)
  assert.deepEqual(lost(counts), { expired: 1 })
})

test('what cannot be sent in time is dropped; what there is no room for, too', async () => {
  const counts = tally()
  const transport = new Transport(destination(`http://127.0.0.1:${await freePort()}`), { queueSize: 10, exportTimeout: 700 }, counts, 'a way out')
  for (let i = 0; i < 4; i++) transport.take(EMPTY, 4)
  await transport.idle(false)
  assert.deepEqual(lost(counts), { full: 8, expired: 8 })
  assert.equal(transport.busy, false)
})

test('encoded batches that wait are bounded in bytes, too', async () => {
  const { sink, transport, tally } = await given(() => 503)
  for (let i = 0; i < 5; i++) transport.take(Buffer.alloc(6 << 20), 1)
  assert.deepEqual(lost(tally), { full: 3 })
  transport.abandon()
  assert.deepEqual(lost(tally), { full: 3, exit: 2 })
  transport.take(Buffer.alloc(20 << 20), 1)   // one alone is taken
  assert.deepEqual(lost(tally), { full: 3, exit: 2 })
  transport.abandon()
  await sink.close()
})

test('a batch that is more than one request may be is given back, for its parts may be sent; a span that is so is dropped', async () => {
  const { sink, transport, tally } = await given(() => 200)
  const large = Buffer.alloc((64 << 20) + 1)
  assert.throws(() => transport.take(large, 2), /a batch may have 64 MiB/)
  assert.equal(transport.busy, false)
  transport.take(large, 1)
  assert.deepEqual(lost(tally), { large: 1 })
  await sink.close()
})

test('a collector that does not answer: the time of an attempt is bounded', async () => {
  const { sink, transport, tally } = await given(() => ({ status: 200, delay: 60_000 }), { exportTimeout: 600 }, { timeout: 200 })
  transport.take(EMPTY, 1)
  const begin = Date.now()
  await transport.idle(false)
  assert.ok(Date.now() - begin < 1000)
  assert.deepEqual(lost(tally), { expired: 1 })
  assert.match(saidOf(sink.url)[0], /cannot be reached \(no answer within 200 ms\); a way out/)
  await sink.close()
})

test('a batch has no more time than is left for all its attempts, whatever one may take', async () => {
  for (const timeout of [10_000, 0]) {
    const { sink, transport, tally } = await given(() => ({ status: 200, delay: 60_000 }), { exportTimeout: 300 }, { timeout })
    transport.take(EMPTY, 1)
    await transport.idle(false)
    assert.deepEqual(lost(tally), { expired: 1 })
    assert.ok(Number(/no answer within (\d+) ms/.exec(saidOf(sink.url)[0])![1]) <= 300, saidOf(sink.url)[0])
    await sink.close()
  }
})

test('in a hurry nothing is tried twice, and what waits for another try is tried at once', async () => {
  const { sink, transport, tally } = await given(() => ({ status: 503, headers: { 'retry-after': '20' } }))
  transport.take(EMPTY, 1)
  // The answer is there, and the pause before the next try has begun.
  while ((transport as unknown as { pause: unknown }).pause === undefined) await new Promise(resolve => setTimeout(resolve, 10))
  const begin = Date.now()
  await transport.idle(true)
  assert.ok(Date.now() - begin < 1000)
  assert.equal(sink.requests.length, 2)
  assert.deepEqual(lost(tally), { expired: 1 })
  await sink.close()
})

test('a connection is given up before the collector would close it', async () => {
  let closed = 0
  const server = createServer(socket => socket
    .on('data', () => socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=2\r\ncontent-length: 0\r\n\r\n'))
    .on('end', () => closed++))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const transport = new Transport(destination(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), { queueSize: 100, exportTimeout: 0 }, tally(), 'a way out')
  transport.take(EMPTY, 1)
  await transport.idle(false)
  assert.equal(closed, 0)
  for (let i = 0; closed === 0 && i < 60; i++) await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(closed, 1)
  server.close()
})

test('a connection is of the same kind as any client\'s that the application may have: no property more', async t => {
  const accepted: Socket[] = []
  const server = createServer(socket => {
    accepted.push(socket)
    socket.on('error', () => {}).on('data', () => socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=5\r\ncontent-length: 0\r\n\r\n'))
  })
  const writing = mock.method(Socket.prototype, 'write')
  t.after(() => {
    writing.mock.restore()
    for (const socket of accepted) socket.destroy()
    server.close()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = new Transport(destination(`http://127.0.0.1:${port}`), { queueSize: 100, exportTimeout: 0 }, tally(), 'a way out')
  for (let i = 0; i < 2; i++) {
    transport.take(EMPTY, 1)
    await transport.idle(false)
  }
  const plain = connect(port, '127.0.0.1')
  plain.write('hello')
  await once(plain, 'data')
  const ours = writing.mock.calls.map(({ this: socket }) => socket as Socket).filter(socket => socket.remotePort === port && socket !== plain)
  assert.ok(ours.length > 0)
  // To be asked for its port leaves a property on a socket.
  assert.equal(plain.remotePort, port)
  for (const socket of new Set(ours)) assert.deepEqual(Reflect.ownKeys(socket).filter(key => !Reflect.ownKeys(plain).includes(key)), [])
})

test('a connection that the collector closed while it was idle costs nothing', async () => {
  let accepted = 0
  const server = createServer(socket => {
    accepted++
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
      socket.once('data', () => socket.resetAndDestroy())   // the next request on this connection meets a reset
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const counts = tally()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = new Transport(destination(url), { queueSize: 10, exportTimeout: 30_000 }, counts, 'a way out')
  for (let i = 0; i < 2; i++) {
    transport.take(EMPTY, 1)
    await transport.idle(false)
  }
  assert.equal(counts.exported, 2)
  assert.equal(accepted, 2)
  assert.deepEqual(saidOf(url), [])
  transport.abandon()
  server.close()
})
