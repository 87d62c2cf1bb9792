import type { Answer } from './exporter'

/** An answer, and for how many milliseconds from now on its connection may be asked again. */
export interface Parsed { answer: Answer, keep: number }

const NOTHING = Buffer.alloc(0)
/** Milliseconds by which a connection is given up before the other side would close it. */
const EARLY = 1000
/** Milliseconds that a timer can wait, at most. */
const LONGEST = 0x7fffffff

/**
 * What has come over a connection, read as the answer to one POST (HTTP/1.1, RFC 9112); undefined if it is not whole yet. If it `isOver`, the head is enough,
 * for it says what has been decided. Throws if it is no HTTP.
 */
export function parsed (got: Buffer, isOver: boolean): Parsed | undefined {
  for (let from = 0; ;) {
    const end = got.indexOf('\r\n\r\n', from, 'latin1')
    if (end < 0 && (isOver || got.length - from < LONGEST_HEAD) && START.startsWith(got.toString('latin1', from, from + START.length))) return undefined
    const [first, ...lines] = got.toString('latin1', from, end).split('\r\n')
    const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? []
    if (end < 0 || code === undefined) throw new Error('Parse Error')
    const status = Number(code)
    from = end + 4
    // It announces another.
    if (status < 200) continue
    const headers = headersOf(lines)
    const body = isOver ? restOf(got, from, headers) : bodyOf(got, from, status, headers)
    if (body === undefined) return undefined
    const { connection = '', 'content-type': type, 'retry-after': retryAfter } = headers
    return { answer: { status, type, retryAfter, body }, keep: minor === '0' || /\bclose\b/i.test(connection) ? 0 : keepOf(headers) }
  }
}
const START = 'HTTP/1.'
const LONGEST_HEAD = 64 << 10

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

function keepOf (headers: Headers): number {
  const told = /\btimeout=(\d+)/i.exec(headers['keep-alive'] ?? '')?.[1]
  const keep = told === undefined ? Infinity : Math.max(Number(told) * 1000 - EARLY, 0)
  return keep > LONGEST ? Infinity : keep
}

/** undefined: it is not whole. */
function bodyOf (got: Buffer, from: number, status: number, headers: Headers): Buffer | undefined {
  if (status === 204 || status === 304) return NOTHING
  if (isChunked(headers)) return chunksOf(got, from)
  const length = Number(headers['content-length'] ?? NaN)
  return got.length - from >= length ? got.subarray(from, from + length) : undefined
}

/** Where no length is told, the body ends with the connection; else it has broken off. */
const restOf = (got: Buffer, from: number, headers: Headers): Buffer =>
  isChunked(headers) || headers['content-length'] !== undefined ? NOTHING : got.subarray(from)

function chunksOf (got: Buffer, from: number): Buffer | undefined {
  const chunks: Buffer[] = []
  for (;;) {
    const end = got.indexOf('\r\n', from, 'latin1')
    if (end < 0) return undefined
    const size = parseInt(got.toString('latin1', from, end), 16)
    if (!(size >= 0)) throw new Error('Parse Error')
    from = end + 2
    // Headers may follow the last one, up to an empty line.
    if (size === 0) return got.indexOf('\r\n\r\n', from - 2, 'latin1') < 0 ? undefined : Buffer.concat(chunks)
    if (got.length < from + size + 2) return undefined
    chunks.push(got.subarray(from, from + size))
    from += size + 2
  }
}
