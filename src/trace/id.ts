// The digits' char codes.
const DIGITS = Uint8Array.from('0123456789abcdef', digit => digit.charCodeAt(0))
// Words of 32 bits by xoshiro128** (Blackman and Vigna), which repeats itself after 2^128. A pool of the system's randomness took some 110 µs to fill, once in two to three hundred requests:
// nothing else in those goes that way through Node.
const state = new Int32Array(4)
/** Words to the next beginning: a process that is a copy of another one (a snapshot) soon goes its own way. */
let left = 0
const FAR = 65_536

/** Where the machine has no randomness to give, an id need not be a secret. To load crypto is for the first id: it takes 5 ms, and many a process never needs one. */
function seed (): void {
  left = FAR
  try { (require('node:crypto') as typeof import('node:crypto')).randomFillSync(state) } catch { for (let i = 0; i < 4; i++) state[i] = Math.random() * 2 ** 32 }
  // After zeros alone nothing else would come.
  state[0] |= 1
}
function word (): number {
  if (left-- === 0) seed()
  const a = state[0]
  const b = state[1]
  const c = state[2] ^ a
  const d = state[3] ^ b
  state[0] = a ^ d
  state[1] = b ^ c
  state[2] = c ^ b << 9
  state[3] = rotated(d, 11)
  return Math.imul(rotated(Math.imul(b, 5), 7), 9)
}
const rotated = (value: number, bits: number): number => value << bits | value >>> 32 - bits

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

  /** A new one; never zero: an all-zero id is invalid (W3C trace context). */
  static next (): SpanId {
    const high = word()
    const low = word()
    return (high | low) === 0 ? SpanId.next() : new SpanId(high, low)
  }

  /** The one of 16 digits. */
  static of (hex: string): SpanId { return new SpanId(read(hex, 0), read(hex, 8)) }
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
    const first = word()
    const second = word()
    const third = word()
    const fourth = word()
    return (first | second) === 0 || (third | fourth) === 0 ? TraceId.next() : new TraceId(first, second, third, fourth)
  }

  /** The one of 32 digits; of none, that of what is never to be traced. */
  static of (hex: string): TraceId { return hex === '' ? NO_TRACE : new TraceId(read(hex, 0), read(hex, 8), read(hex, 16), read(hex, 24)) }
}
/** Of what is never to be traced. */
export const NO_TRACE = new TraceId(0, 0, 0, 0)

/** A hex digit's value, by its char code: '0' to '9' is 0x30 to 0x39, 'a' to 'f' is 0x61 to 0x66. */
export const digit = (code: number): number => (code & 0xf) + (code >> 6) * 9

/** Hex digits in our own form: lower case, padded with zeros on their left to 32 digits or 16; undefined if they are too many, or are none. */
export const hexOf = (text: unknown, digits: 16 | 32): string | undefined =>
  typeof text === 'string' && text.length <= digits && HEX.test(text) ? text.toLowerCase().padStart(digits, '0') : undefined
const HEX = /^[0-9a-f]+$/i

/** Eight digits from `start` on, as a word. */
function read (hex: string, start: number): number {
  let value = 0
  for (let i = start; i < start + 8; i++) value = value << 4 | digit(hex.charCodeAt(i))
  return value
}

/** All digits in one call take 35 ns and 32 bytes. (Eight texts put together: 150 ns and 200 bytes, and they are a tree that its first reader has to make one text of.) */
const hex16 = (a: number, b: number): string => String.fromCharCode(
  DIGITS[a >>> 28], DIGITS[a >> 24 & 15], DIGITS[a >> 20 & 15], DIGITS[a >> 16 & 15], DIGITS[a >> 12 & 15], DIGITS[a >> 8 & 15], DIGITS[a >> 4 & 15], DIGITS[a & 15],
  DIGITS[b >>> 28], DIGITS[b >> 24 & 15], DIGITS[b >> 20 & 15], DIGITS[b >> 16 & 15], DIGITS[b >> 12 & 15], DIGITS[b >> 8 & 15], DIGITS[b >> 4 & 15], DIGITS[b & 15])
