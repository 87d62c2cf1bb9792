import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { APPS, run } from '../helper'
import { collector, decoded, type Reply, type Seen } from '../collector'
import { freePort } from '../services'

// What an application goes through while its collector fails, each in its way.
const COUNT = 60
const ROOM = 40
const BATCH = 10
const WAY_OUT = 'OTEL_TRACES_EXPORTER=console shows spans without a collector, OTEL_EXPORTER_OTLP_ENDPOINT names another one'

interface Told { wrong: number, most: number, started: number, ended: number, exported: number, dropped: Record<string, number> }
/** Run the application; what it tells, and what autospan said of it, in lines. `time`: milliseconds that an export may take, and an `attempt`; `room`: spans that may wait. */
async function faulted (url: string, { time = 60_000, attempt = 10_000, room = 1000, count = COUNT } = {}): Promise<Told & { said: string[] }> {
  const { code, stdout, stderr } = await run('faulted.js', {
    args: [String(count), '5'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_TIMEOUT: String(attempt),
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH),
      OTEL_BSP_MAX_QUEUE_SIZE: String(room),
      OTEL_BSP_EXPORT_TIMEOUT: String(time)
    }
  })
  assert.equal(code, 0, stderr)
  const told: Told = JSON.parse(stdout)
  // Answers are right; our own requests are not among the spans; no more is held than may be: the queue, what the transport may hold, and a batch between them.
  assert.deepEqual([told.wrong, told.started, told.ended], [0, 2 * count, 2 * count])
  assert.ok(told.most <= 2 * room + BATCH, `${told.most} spans were held`)
  const lost = Object.values(told.dropped).reduce((sum, spans) => sum + spans, 0)
  assert.equal(told.exported + lost, told.ended, JSON.stringify(told))
  const said = stderr.split('\n').filter(line => line !== '')
  // The loss is the last thing that is said.
  if (lost > 0) assert.match(said.pop()!, new RegExp(`^autospan: lost of ${told.ended} spans: `))
  return { ...told, said }
}
const ids = (spans: Seen[]): string[] => spans.map(({ spanId }) => spanId)
const isOurs = ({ attributes }: Seen): boolean => /127\.0\.0\.1:\d+\/\d+$/.test(String(attributes['url.full'] ?? '127.0.0.1:1/1'))

describe('a collector that fails for a while', { concurrency: 3 }, () => {
  /** The first answers, and what is said of them. Then all is well. */
  const FAULTS: Record<string, { replies: Reply[], said?: (url: string) => string[] }> = {
    'closes the connection in the middle of the headers': {
      replies: Array(2).fill({ status: 0, raw: 'HTTP/1.1 200 OK\r\ncontent-le' }),
      said: url => [`${url} cannot be reached (socket hang up); ${WAY_OUT}`, `${url} takes spans again`]
    },
    'closes the connection in the place of an answer': {
      replies: Array(2).fill({ status: 0, raw: '' }),
      said: url => [`${url} cannot be reached (socket hang up); ${WAY_OUT}`, `${url} takes spans again`]
    },
    'answers what is no HTTP': {
      replies: Array(2).fill({ status: 0, raw: '220 mail.example.com ESMTP\r\n' }),
      said: url => [`${url} cannot be reached (Parse Error); ${WAY_OUT}`, `${url} takes spans again`]
    },
    // It has taken the batch and said so: to send it again would be to send it twice.
    'closes the connection in the middle of what it says of a batch that it took': {
      replies: Array(3).fill({ status: 200, raw: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"partial' })
    },
    'closes the connection in the middle of what it says of a batch that it did not take': {
      replies: Array(2).fill({ status: 503, raw: 'HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 100\r\n\r\n{"' })
    },
    'asks for a second (429)': { replies: Array(2).fill({ status: 429, headers: { 'retry-after': '1' } }) },
    'asks to come back at a certain time (503)': { replies: Array(2).fill({ status: 503, headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() } }) },
    'asks to come back at once, or at a time that makes no sense': {
      replies: ['-5', 'soon', '0', 'Thu, 01 Jan 1970 00:00:00 GMT'].map(after => ({ status: 503, headers: { 'retry-after': after } }))
    }
  }
  for (const [what, { replies, said = () => [] }] of Object.entries(FAULTS)) {
    test(`it ${what}: every span arrives, once`, async () => {
      const sink = await collector(request => replies[request - 1] ?? 200)
      const told = await faulted(sink.url)
      await sink.close()
      assert.deepEqual(told.said.map(line => line.replace(/Parse Error: [^)]*/, 'Parse Error')), said(`${sink.url}/v1/traces`).map(line => `autospan: ${line}`))
      assert.deepEqual([told.exported, told.dropped, new Set(ids(sink.spans)).size, sink.spans.length], [2 * COUNT, {}, 2 * COUNT, 2 * COUNT])
      assert.ok(sink.spans.every(isOurs))
    })
  }

  test('it is slow, and lets all come in that there is room for', async () => {
    const sink = await collector(() => ({ status: 200, delay: 200 }))
    const { said, exported, dropped } = await faulted(sink.url, { room: ROOM })
    await sink.close()
    assert.deepEqual([new Set(ids(sink.spans)).size, sink.spans.length, said.filter(line => line.includes('cannot be reached'))], [exported, exported, []])
    assert.deepEqual(Object.keys(dropped).filter(reason => !reason.endsWith('full')), [])
  })

  test('it restarts again and again under load: what it said it had it has once, and the rest arrives, too', async () => {
    const sink = await restarting(15)
    const { said, exported, dropped } = await faulted(sink.url, { count: 400 })
    await sink.close()
    assert.ok(sink.restarts >= 2)
    assert.deepEqual([exported, dropped, new Set(ids(sink.spans)).size, sink.spans.length], [800, {}, 800, 800])
    assert.ok(said.length === 2 && said[1].endsWith('takes spans again'), said.join('\n'))
  })
})

/**
 * A collector that goes down with every `nth` request, and is back after 300 ms: what it has not answered by then it does not have.
 * By requests and not by the clock, so that it serves some on a slow machine, too.
 */
async function restarting (nth: number): Promise<{ url: string, spans: Seen[], restarts: number, close (): Promise<void> }> {
  const unanswered = new Set<Socket>()
  const sockets = new Set<Socket>()
  const sink = { url: '', spans: [] as Seen[], restarts: 0, close: async () => { await up; await stop() } }
  let server: HttpServer
  let requests = 0
  async function start (port: number): Promise<void> {
    server = createHttpServer(async (req, res) => {
      if (++requests % nth === 0) up = restart((server.address() as AddressInfo).port)
      unanswered.add(req.socket)
      const chunks: Buffer[] = []
      try { for await (const chunk of req) chunks.push(chunk) } catch { return /* it went down */ }
      await new Promise(resolve => setTimeout(resolve, 10))
      if (!req.socket.writable) return
      sink.spans.push(...decoded(Buffer.concat(chunks), req.headers, req.url))
      unanswered.delete(req.socket)
      res.end()
    }).on('connection', socket => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)) })
    await once(server.listen(port, '127.0.0.1'), 'listening')
  }
  async function stop (): Promise<void> {
    const stopped = once(server, 'close')
    server.close()
    for (const socket of sockets) {
      if (unanswered.has(socket)) socket.destroy()
      else socket.end()
    }
    unanswered.clear()
    await stopped
  }
  async function restart (port: number): Promise<void> {
    await stop()
    await new Promise(resolve => setTimeout(resolve, 300))
    await start(port)
    sink.restarts++
  }
  let up = start(0)
  await up
  sink.url = `http://127.0.0.1:${(server!.address() as AddressInfo).port}`
  return sink
}

describe('a collector that is never of any use', { concurrency: 3 }, () => {
  const USELESS = { time: 1500, attempt: 400, room: ROOM }
  const said = (url: string, why: RegExp | string, lines: string[]): void => {
    const rest = lines.filter(line => !line.includes('cannot be reached'))
    assert.equal(rest.length, lines.length - 1)
    assert.match(lines.find(line => !rest.includes(line))!, new RegExp(`^autospan: ${url.replaceAll('.', '\\.')}/v1/traces cannot be reached \\(${typeof why === 'string' ? why : why.source}\\); ${WAY_OUT}$`))
    for (const line of rest) assert.match(line, /^autospan: (spans for \S+ are dropped: more than 40 spans wait for it|more than 40 spans wait to be sent)/)
    assert.equal(new Set(lines).size, lines.length)
  }

  test('nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const told = await faulted(url, USELESS)
    const lines = told.said.filter(line => !/more than 40 spans wait/.test(line))
    assert.deepEqual([lines, told.exported], [[`autospan: nobody listens at ${url}/v1/traces; ${WAY_OUT}`], 0])
  })

  test('there is no such host', async () => {
    const told = await faulted('http://nowhere.invalid:4318', USELESS)
    said('http://nowhere.invalid:4318', /getaddrinfo E[A-Z_]+ nowhere\.invalid/, told.said)
    assert.equal(told.exported, 0)
  })

  test('its certificate is nobody\'s', async () => {
    const tls = { cert: readFileSync(join(APPS, 'tls/cert.pem')), key: readFileSync(join(APPS, 'tls/key.pem')) }
    const sink = await collector(undefined, tls)
    const told = await faulted(sink.url, USELESS)
    await sink.close()
    said(sink.url, /self-signed certificate[^)]*/, told.said)
    assert.deepEqual([told.exported, sink.requests.length], [0, 0])
  })

  test('it speaks no TLS where https is asked for', async () => {
    const sink = await collector()
    const url = sink.url.replace('http:', 'https:')
    const told = await faulted(url, USELESS)
    await sink.close()
    said(url, /[^\n]*wrong version number[^\n]*/, told.said)
    assert.equal(told.exported, 0)
  })

  test('it takes connections, and never answers', async () => {
    const sockets: Socket[] = []
    const server = createServer(socket => { sockets.push(socket.on('error', () => {})) })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const told = await faulted(url, USELESS)
    for (const socket of sockets) socket.destroy()
    server.close()
    said(url, 'no answer within 400 ms', told.said)
    assert.equal(told.exported, 0)
    // One at a time while it does not answer: a collector that is short of breath is not run over.
    assert.ok(sockets.length <= 10, `${sockets.length} connections`)
  })

  test('it does not even take connections', { skip: process.platform !== 'linux' && 'elsewhere a queue that is full refuses' }, async () => {
    // It listens, and stands still: when its queue is full, nobody gets in.
    const hole = spawn(process.execPath, ['-e', `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      require('node:fs').writeSync(1, String(this.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000) })`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const port = Number(String((await once(hole.stdout!, 'data'))[0]))
    const callers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    await new Promise(resolve => setTimeout(resolve, 200))
    const told = await faulted(`http://127.0.0.1:${port}`, USELESS)
    for (const caller of callers) caller.destroy()
    hole.kill('SIGKILL')
    said(`http://127.0.0.1:${port}`, 'no answer within 400 ms', told.said)
    assert.equal(told.exported, 0)
  })

  test('it takes nothing (400): that is said once, and no batch is sent twice', async () => {
    const sink = await collector(() => 400)
    const told = await faulted(sink.url)
    await sink.close()
    assert.deepEqual(told.said, [`autospan: spans for ${sink.url}/v1/traces are dropped: it answered 400`])
    assert.deepEqual(told.dropped, { 'otlp refused': 2 * COUNT })
    const sent = sink.requests.flatMap(({ body, headers, url }) => ids(decoded(body, headers, url)))
    assert.deepEqual([sent.length, new Set(sent).size], [2 * COUNT, 2 * COUNT])
  })
})
