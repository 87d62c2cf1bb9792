import type { Agent, RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { promisify } from 'node:util'
import { clearTimeout, elapsed, setTimeout } from '../trace/clock'
import type { Destination, Landing } from './exporter'
import { byHttp, byHttps } from './origin'

/** The most that an answer may be (OpenTelemetry: OTLP exporter). */
const LARGEST_ANSWER = 4 << 20
/** Milliseconds that a collector may take to be there again while a process ends, and from one look to the next. */
const RESTART = 700
const LOOK = 50
/** Compression is loaded by the first who asks for it. */
const pack = async (body: Uint8Array): Promise<Buffer> => promisify((require('node:zlib') as typeof import('node:zlib')).gzip)(body)

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
  let ask: RequestOptions | undefined
  const send = (body: Uint8Array): Promise<Landing> => new Promise(resolve => attempt(() => ask ??= asking(to, agent), to.timeout, body, resolve))
  return { send: to.gzip ? body => pack(body).then(send, failed) : send, close: () => agent.destroy() }
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

function agentFor ({ url, tls }: Destination, sockets: number): Agent {
  const { Agent, addRequest, connect, Socket } = byHttp()
  const options = { keepAlive: true, maxSockets: sockets }
  const open = (to: any): Socket => connect.call(new Socket(to), to)
  if (!url.startsWith('https:')) return Object.assign(new Agent(options), { addRequest, createConnection: open })
  const { Agent: SecureAgent, connect: secure } = byHttps()
  return Object.assign(new SecureAgent({ ...options, ...tls }), { addRequest, createConnection: (to: any) => secure({ ...to, socket: open(to) }) })
}

/** What is the same of all requests to one destination. Its URL is taken apart here, once: to do it for each takes a sixth of a request. */
function asking ({ url, headers, gzip }: Destination, agent: Agent): RequestOptions {
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(new URL(url))
  return { protocol, hostname, port, path, auth, method: 'POST', agent, headers: gzip ? { ...headers, 'content-encoding': 'gzip' } : headers }
}

const failed = ({ code, message }: NodeJS.ErrnoException): Landing => ({ problem: { code, message } })

/** Post a body; `landed` is called when that is over. Never throws. */
function attempt (asking: () => RequestOptions, timeout: number, body: Uint8Array, landed: (landing: Landing) => void): void {
  try {
    const ask = asking()
    const { request } = ask.protocol === 'https:' ? byHttps() : byHttp()
    const outgoing = request({ ...ask, headers: { ...ask.headers, 'content-length': body.length } })
    const timer = timeout > 0
      ? setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeout} ms`)), timeout).unref()
      : undefined
    const done = (landing: Landing): void => {
      clearTimeout(timer)
      landed(landing)
    }
    outgoing.on('socket', socket => socket.unref())
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed an idle connection just as we took it up again: that says nothing of the collector.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') attempt(asking, timeout, body, done)
      else done(failed(error))
    })
    outgoing.on('response', answer => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', chunk => {
        size += chunk.length
        if (size > LARGEST_ANSWER) outgoing.destroy(new Error('an answer of more than 4 MiB'))
        else chunks.push(chunk)
      })
      const read = (body: Buffer): void => done({ answer: {
        status: answer.statusCode!, type: answer.headers['content-type'], retryAfter: answer.headers['retry-after'], body
      } })
      answer.on('end', () => read(Buffer.concat(chunks)))
      // What it says has broken off, but not what it has decided: a batch that it took must not be sent again.
      answer.on('error', () => read(Buffer.alloc(0)))
    })
    outgoing.end(body)
  } catch (error) {
    landed(failed(error as Error))
  }
}
