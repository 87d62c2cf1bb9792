import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { clearTimeout, elapsed, setTimeout } from '../trace/clock'
import type { Answer, Destination, Landing } from './exporter'
import { byHttp, byHttps } from './origin'

/** The most that an answer may be (OpenTelemetry: OTLP exporter). */
const LARGEST_ANSWER = 4 << 20
const pack = promisify(gzip)
/** Milliseconds that a collector may take to be there again while a process ends, and from one look to the next. */
const RESTART = 700
const LOOK = 50

/** The way to one destination. It stays open between batches, and keeps no process alive. */
export interface Line {
  /** Send a body, once. Never rejects. */
  send (body: Uint8Array): Promise<Landing>
  close (): void
}

/** By HTTP over so many connections at most, or by UDP. */
export function lineTo (to: Destination, sockets: number): Line {
  if (to.url.startsWith('udp:')) return (require('./udp') as typeof import('./udp')).udpLine(to.url)
  const agent = agentFor(to, sockets)
  return { send: body => post(to, body, agent), close: () => agent.destroy() }
}

/** Nobody listens there, which is known at once. */
export const isRefused = (landing: Landing): boolean => 'problem' in landing && landing.problem.code === 'ECONNREFUSED'

/** Send a body to one who has refused it and may be restarting: again and again, for a while. */
export async function insist (line: Line, body: Uint8Array): Promise<Landing> {
  const until = elapsed() + RESTART
  let landing
  do {
    await new Promise(resolve => setTimeout(resolve, LOOK).unref())
    landing = await line.send(body)
  } while (isRefused(landing) && elapsed() < until)
  return landing
}

function agentFor ({ url, tls }: Destination, sockets: number): http.Agent {
  const { addRequest, connect, Socket } = byHttp()
  const options = { keepAlive: true, maxSockets: sockets }
  const open = (to: any): Socket => connect.call(new Socket(to), to)
  if (!url.startsWith('https:')) return Object.assign(new http.Agent(options), { addRequest, createConnection: open })
  const secure = byHttps().connect
  return Object.assign(new https.Agent({ ...options, ...tls }), { addRequest, createConnection: (to: any) => secure({ ...to, socket: open(to) }) })
}

async function post (to: Destination, body: Uint8Array, agent: http.Agent): Promise<Landing> {
  try {
    const packed = to.gzip ? { ...to, headers: { ...to.headers, 'content-encoding': 'gzip' } } : to
    return { answer: await attempt(packed, to.gzip ? await pack(body) : body, agent) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { problem: { code, message } }
  }
}

function attempt (to: Destination, body: Uint8Array, agent: http.Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request } = to.url.startsWith('https:') ? byHttps() : byHttp()
    const outgoing = request(to.url, { method: 'POST', headers: { ...to.headers, 'content-length': body.length }, agent })
    const timer = to.timeout > 0
      ? setTimeout(() => outgoing.destroy(new Error(`no answer within ${to.timeout} ms`)), to.timeout).unref()
      : undefined
    outgoing.on('close', () => clearTimeout(timer))
    outgoing.on('socket', socket => socket.unref())
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed an idle connection just as we took it up again: that says nothing of the collector.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(attempt(to, body, agent))
      else reject(error)
    })
    outgoing.on('response', answer => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', chunk => {
        size += chunk.length
        if (size > LARGEST_ANSWER) outgoing.destroy(new Error('an answer of more than 4 MiB'))
        else chunks.push(chunk)
      })
      const read = (body: Buffer): void => resolve({
        status: answer.statusCode!, type: answer.headers['content-type'], retryAfter: answer.headers['retry-after'], body
      })
      answer.on('end', () => read(Buffer.concat(chunks)))
      // What it says has broken off, but not what it has decided: a batch that it took must not be sent again.
      answer.on('error', () => read(Buffer.alloc(0)))
    })
    outgoing.end(body)
  })
}
