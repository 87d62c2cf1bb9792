import { isIP, type Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { isText, isToken } from '../header'
import { clearTimeout, setTimeout } from '../trace/clock'
import { Reading } from './answer'
import type { Answer, Destination, Landing } from './exporter'
import { byTcp, byTls } from './origin'
import type { Line } from './send'

/** What says where a body ends is no setting. */
const FRAMING = new Set(['content-length', 'transfer-encoding'])

export const failed = ({ code, message }: NodeJS.ErrnoException): Landing => ({ problem: { code, message } })

/** What there is to know of a destination to ask it. */
interface Way { open: () => Socket, head: string }

function wayTo ({ url, headers, gzip, tls }: Destination): Way {
  const at = new URL(url)
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(at)
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${protocol} is neither http: nor https:`)
  const said: Record<string, string> = { host: at.host, connection: 'keep-alive' }
  if (auth !== undefined) said.authorization = `Basic ${Buffer.from(auth as string).toString('base64')}`
  for (const [name, value] of Object.entries(headers)) said[name.toLowerCase()] = value
  if (gzip) said['content-encoding'] = 'gzip'
  let head = `POST ${path} HTTP/1.1\r\n`
  for (const [name, value] of Object.entries(said)) {
    if (!isToken(name) || !isText(value)) throw new Error(`the header '${name}' has characters that none may have`)
    if (!FRAMING.has(name)) head += `${name}: ${value}\r\n`
  }
  const isSecure = protocol === 'https:'
  const to = { host: hostname!, port: Number(port ?? (isSecure ? 443 : 80)), noDelay: true, keepAlive: true }
  return {
    head,
    open () {
      const { connect, Socket } = byTcp()
      // Now, and when it is connected: if the first of several addresses does not answer, it begins anew.
      const plain: Socket = connect.call(new Socket(to as {}).unref(), to).unref()
      if (!isSecure) return plain
      try {
        return byTls().connect({ ...to, ...tls, servername: isIP(to.host) === 0 ? to.host : '', ALPNProtocols: ['http/1.1'], socket: plain }).unref()
      } catch (error) {
        // A key or a certificate that cannot be used; nobody would hear what becomes of the connection.
        plain.destroy()
        throw error
      }
    }
  }
}

type Over = (answer: Answer | undefined, error: NodeJS.ErrnoException | undefined) => void

/** A connection, for one request after the other. */
class Connection {
  private readonly socket: Socket
  private reading = new Reading()
  private error: Error | undefined
  private over: Over | undefined
  private timer: NodeJS.Timeout | undefined
  constructor (socket: Socket, closed: (connection: Connection) => void) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.received(chunk))
    socket.on('error', error => { this.error ??= error })
    socket.on('close', () => {
      closed(this)
      // A batch that it took must not be sent again, though what it says of it has broken off.
      this.end(this.reading.rest(), 0)
    })
  }

  /** It can be asked now. */
  get isFree (): boolean { return this.over === undefined && this.socket.writable }

  /** `over` is called with the answer, or with why there is none, if that is known. */
  ask (head: string, body: Uint8Array, limit: number, over: Over): void {
    this.over = over
    clearTimeout(this.timer)
    if (limit !== Infinity) this.timer = setTimeout(() => this.socket.destroy(new Error(`no answer within ${limit} ms`)), limit).unref()
    this.socket.cork()
    this.socket.write(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1')
    this.socket.write(body)
    this.socket.uncork()
  }

  destroy (): void { this.socket.destroy() }

  private received (chunk: Buffer): void {
    // Nobody has asked.
    if (this.over === undefined) return this.destroy()
    try {
      const whole = this.reading.take(chunk)
      if (whole !== undefined) this.end(whole.answer, whole.keep)
    } catch (error) { this.socket.destroy(error as Error) }
  }

  /**
   * The request is over, and the connection is given up if there is no other within `keep` milliseconds. Not by `socket.setTimeout`, which leaves a property on the socket: one kind of sockets
   * more, and V8 keeps apart but four in one place. Beside a server's, pg's and ioredis' it was one too many.
   */
  private end (answer: Answer | undefined, keep: number): void {
    const { over } = this
    this.over = undefined
    this.reading = new Reading()
    clearTimeout(this.timer)
    if (keep === 0) this.destroy()
    else if (keep < Infinity) this.timer = setTimeout(() => this.destroy(), keep).unref()
    over?.(answer, this.error)
  }
}

/**
 * By HTTP/1.1, over connections that stay open; of those there are as many as there were requests at once. Node's own client takes three times the instructions,
 * and the application's messages, which are made by the same functions, take more, too, when V8 has seen ours there.
 */
export function httpLine (to: Destination): Line {
  const connections = new Set<Connection>()
  let way: Way | undefined

  function attempt (body: Uint8Array, limit: number, landed: (landing: Landing) => void): void {
    try {
      way ??= wayTo(to)
      let connection = [...connections].find(({ isFree }) => isFree)
      const isReused = connection !== undefined
      if (connection === undefined) connections.add(connection = new Connection(way.open(), gone => connections.delete(gone)))
      connection.ask(way.head, body, limit, (answer, error = HUNG_UP) => {
        if (answer !== undefined) landed({ answer })
        // The other side closed an idle connection just as we took it up again: that says nothing of the collector.
        else if (isReused && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) attempt(body, limit, landed)
        else landed(failed(error))
      })
    } catch (error) { landed(failed(error as Error)) }
  }

  return {
    // Not on the spot: when the process ends before, it is left to another thread (see Transport.last), and would arrive twice.
    send: (body, limit) => new Promise(resolve => process.nextTick(attempt, body, limit, resolve)),
    close () { for (const connection of connections) connection.destroy() }
  }
}
const HUNG_UP = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
