import type { Answer } from './exporter'

/** An answer, and for how many milliseconds from now on its connection may be asked again. */
export interface Parsed { answer: Answer, keep: number }

const NOTHING: Buffer = Buffer.alloc(0)
/** Milliseconds by which a connection is given up before the other side would close it. */
const EARLY = 1000
/** Milliseconds that a timer can wait, at most. */
const LONGEST = 0x7fffffff

/** What it says ahead of its body. */
interface Head { status: number, minor: string, headers: Headers }

/** The most that an answer may be (OpenTelemetry: OTLP exporter), and its head, or whatever ends with a mark. */
const LARGEST = 4 << 20
const LONGEST_HEAD = 64 << 10
const START = 'HTTP/1.'

/** The answer to one POST (HTTP/1.1, RFC 9112), read as it comes over a connection: what has been read is not read again, in however many pieces it comes. */
export class Reading {
  /** Twice what was needed when it became too small. */
  private room = NOTHING
  private got = NOTHING
  /** How far it has been read. */
  private at = 0
  private head: Head | undefined
  private readonly chunks: Buffer[] = []

  /** The answer, if it is whole with this piece. Throws if it is no HTTP, or too long. */
  take (piece: Buffer): Parsed | undefined {
    this.add(piece)
    this.head ??= this.nextHead()
    const body = this.head && this.body(this.head)
    if (body !== undefined) return { answer: answerOf(this.head!, body), keep: keepOf(this.head!) }
    if (this.got.length > LARGEST) throw new Error('an answer of more than 4 MiB')
    return undefined
  }

  /** The connection is over: the head is enough, for it says what has been decided. Where no length is told, the body ends so; else it has broken off. */
  rest (): Answer | undefined {
    if (this.head === undefined) return undefined
    const { headers } = this.head
    return answerOf(this.head, isChunked(headers) || headers['content-length'] !== undefined ? NOTHING : this.got.subarray(this.at))
  }

  private add (piece: Buffer): void {
    const length = this.got.length + piece.length
    if (length > this.room.length) this.room = Buffer.concat([this.got, piece], 2 * length)
    else piece.copy(this.room, this.got.length)
    this.got = this.room.subarray(0, length)
  }

  /** Where a mark stands; less than 0: it has not come. */
  private find (mark: string, from: number): number {
    const at = this.got.indexOf(mark, from, 'latin1')
    if (at < 0 && this.got.length - from >= LONGEST_HEAD) throw new Error('Parse Error')
    return at
  }

  /** The first one that does not announce another; undefined: it is not whole. */
  private nextHead (): Head | undefined {
    for (;;) {
      const { got, at } = this
      const end = this.find('\r\n\r\n', at)
      if (end < 0 && START.startsWith(got.toString('latin1', at, at + START.length))) return undefined
      const [first, ...lines] = got.toString('latin1', at, end).split('\r\n')
      const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? []
      if (end < 0 || code === undefined) throw new Error('Parse Error')
      this.at = end + 4
      const status = Number(code)
      if (status >= 200) return { status, minor, headers: headersOf(lines) }
    }
  }

  /** undefined: it is not whole. */
  private body ({ status, headers }: Head): Buffer | undefined {
    if (status === 204 || status === 304) return NOTHING
    if (isChunked(headers)) return this.chunked()
    const length = Number(headers['content-length'] ?? NaN)
    return this.got.length - this.at >= length ? this.got.subarray(this.at, this.at + length) : undefined
  }

  private chunked (): Buffer | undefined {
    for (;;) {
      const end = this.find('\r\n', this.at)
      if (end < 0) return undefined
      const size = parseInt(this.got.toString('latin1', this.at, end), 16)
      if (!(size >= 0)) throw new Error('Parse Error')
      // Headers may follow the last one, up to an empty line.
      if (size === 0) return this.find('\r\n\r\n', end) < 0 ? undefined : Buffer.concat(this.chunks)
      const from = end + 2
      if (this.got.length < from + size + 2) return undefined
      this.chunks.push(this.got.subarray(from, from + size))
      this.at = from + size + 2
    }
  }
}

type Headers = Record<string, string | undefined>
/** The first of each name. */
function headersOf (lines: string[]): Headers {
  const headers: Headers = { __proto__: null as any }
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim()
  }
  return headers
}
const isChunked = (headers: Headers): boolean => /\bchunked\b/i.test(headers['transfer-encoding'] ?? '')

const answerOf = ({ status, headers: { 'content-type': type, 'retry-after': retryAfter } }: Head, body: Buffer): Answer => ({ status, type, retryAfter, body })

function keepOf ({ minor, headers }: Head): number {
  if (minor === '0' || /\bclose\b/i.test(headers.connection ?? '')) return 0
  const told = /\btimeout=(\d+)/i.exec(headers['keep-alive'] ?? '')?.[1]
  const keep = told === undefined ? Infinity : Math.max(Number(told) * 1000 - EARLY, 0)
  return keep > LONGEST ? Infinity : keep
}
