// The digits' char codes.
const DIGITS = Uint8Array.from('0123456789abcdef', digit => digit.charCodeAt(0))
// A refilled pool of words of 32 bits. (A call of randomBytes takes 9,700 ns.)
const pool = new Int32Array(2048)
let at = pool.length

/** Where the machine has no randomness to give, an id need not be a secret. To load crypto is for the first id: it takes 5 ms, and many a process never needs one. */
function refill (): void {
  at = 0
  try { (require('node:crypto') as typeof import('node:crypto')).randomFillSync(pool) } catch { for (let i = 0; i < pool.length; i++) pool[i] = Math.random() * 2 ** 32 }
}
/** Where the next two words of the pool are; never both are zero: an all-zero id is invalid (W3C trace context). */
function next (): number {
  do {
    if (at === pool.length) refill()
    at += 2
  } while ((pool[at - 2] | pool[at - 1]) === 0)
  return at - 2
}

// An id is words of 32 bits, as it is sent to a collector. Its hex digits, by which others know it, are made when somebody first asks for them.

/** The id of a span: 64 bits. */
export class SpanId {
  readonly high: number
  readonly low: number
  private digits = ''
  constructor (high: number, low: number) {
    this.high = high
    this.low = low
  }

  /** 16 lower-case digits. */
  get hex (): string { return this.digits === '' ? this.digits = hex16(this.high, this.low) : this.digits }

  /** A new one. */
  static next (): SpanId {
    const i = next()
    return new SpanId(pool[i], pool[i + 1])
  }

  /** The one of 16 digits. */
  static of (hex: string): SpanId { return new SpanId(word(hex, 0), word(hex, 8)) }
}

/** The id of a trace: 128 bits. */
export class TraceId {
  readonly first: number
  readonly second: number
  readonly third: number
  readonly fourth: number
  private digits = ''
  constructor (first: number, second: number, third: number, fourth: number) {
    this.first = first
    this.second = second
    this.third = third
    this.fourth = fourth
  }

  /** 32 lower-case digits; empty for what is never to be traced. */
  get hex (): string {
    if (this.digits === '' && this !== NO_TRACE) this.digits = hex16(this.first, this.second) + hex16(this.third, this.fourth)
    return this.digits
  }

  /** A new one; neither half is zero, so that a 64-bit peer keeps a valid id. */
  static next (): TraceId {
    const i = next()
    const first = pool[i]
    const second = pool[i + 1]
    const j = next()
    return new TraceId(first, second, pool[j], pool[j + 1])
  }

  /** The one of 32 digits; of none, that of what is never to be traced. */
  static of (hex: string): TraceId { return hex === '' ? NO_TRACE : new TraceId(word(hex, 0), word(hex, 8), word(hex, 16), word(hex, 24)) }
}
/** Of what is never to be traced. */
export const NO_TRACE = new TraceId(0, 0, 0, 0)

/** A hex digit's value, by its char code: '0' to '9' is 0x30 to 0x39, 'a' to 'f' is 0x61 to 0x66. */
export const digit = (code: number): number => (code & 0xf) + (code >> 6) * 9

/** Eight digits from `start` on, as a word. */
function word (hex: string, start: number): number {
  let value = 0
  for (let i = start; i < start + 8; i++) value = value << 4 | digit(hex.charCodeAt(i))
  return value
}

/** All digits in one call take 35 ns and 32 bytes. (Eight texts put together: 150 ns and 200 bytes, and they are a tree that its first reader has to make one text of.) */
const hex16 = (a: number, b: number): string => String.fromCharCode(
  DIGITS[a >>> 28], DIGITS[a >> 24 & 15], DIGITS[a >> 20 & 15], DIGITS[a >> 16 & 15], DIGITS[a >> 12 & 15], DIGITS[a >> 8 & 15], DIGITS[a >> 4 & 15], DIGITS[a & 15],
  DIGITS[b >>> 28], DIGITS[b >> 24 & 15], DIGITS[b >> 20 & 15], DIGITS[b >> 16 & 15], DIGITS[b >> 12 & 15], DIGITS[b >> 8 & 15], DIGITS[b >> 4 & 15], DIGITS[b & 15])
