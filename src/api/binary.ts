import { bounded, encoded, valueOf, type Item } from '../trace/baggage'
import { DEBUG, FIREHOSE, flagsOf, SAMPLED } from '../trace/flags'
import type { Remote, Span } from '../trace/span'

const HEAD = 37

/** Jaeger's binary form of a span: trace id (16 bytes), span id, parent (8 each), flags (1), then the baggage: a count, and lengths and texts (UTF-8) in turn. Big-endian. */
export function written ({ trace, id, parent, baggage = [] }: Span): Buffer {
  const head = Buffer.from(`${trace.id}${id}${parent || '0'.repeat(16)}${flagsOf(trace).toString(16).padStart(2, '0')}`, 'hex')
  const parts = [head, length(baggage.length)]
  for (const item of baggage) {
    for (const text of [item.key, valueOf(item)]) {
      const bytes = Buffer.from(text)
      parts.push(length(bytes.length), bytes)
    }
  }
  return Buffer.concat(parts)
}
function length (count: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(count)
  return bytes
}

/** What the bytes tell, in an array of whatever kind; undefined if they are none of `written`'s. */
export function read (given: unknown): Remote | undefined {
  let bytes: Buffer
  try { bytes = Buffer.from(given as Uint8Array) } catch { return undefined }
  const traceId = bytes.toString('hex', 0, 16)
  const spanId = bytes.toString('hex', 16, 24)
  if (bytes.length < HEAD || /^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined
  const flags = bytes[32]
  const items: Item[] = []
  let at = HEAD
  function text (): string {
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new RangeError('the bytes end before the text')
    const found = bytes.toString('utf8', at + 4, end)
    at = end
    return found
  }
  try {
    for (let left = bytes.readUInt32BE(33); left > 0; left--) items.push({ key: text(), text: encoded(text()), form: 'w3c' })
  } catch { return undefined }
  return { traceId, spanId, sampled: (flags & (SAMPLED | DEBUG)) !== 0, debug: (flags & DEBUG) !== 0, firehose: (flags & FIREHOSE) !== 0, baggage: bounded(items) }
}
