// Thrift as it is written: two protocols, binary and compact (Apache Thrift: thrift-binary-protocol, thrift-compact-protocol), as far as Jaeger's structs need them.

/** Writes structs: a field by its number, in rising order. Lists are of structs. */
export interface Writer {
  /** A call that nobody answers, by its name; its arguments are the struct that follows. */
  oneway (name: string): void
  /** A struct begins: the arguments of a call, or the next member of a list. */
  open (): void
  /** A struct ends, wherever it began. */
  close (): void
  struct (field: number): void
  list (field: number, size: number): void
  text (field: number, value: string): void
  int (field: number, value: number): void
  /** 64 bits, as two halves of 32. */
  long (field: number, high: number, low: number): void
  double (field: number, value: number): void
  bool (field: number, value: boolean): void
  /** What was written already: a whole struct. */
  raw (bytes: Uint8Array): void
  /** What has been written since the last time. */
  taken (): Buffer
}
export type Protocol = 'binary' | 'compact'
export const writer = (protocol: Protocol): Writer => protocol === 'binary' ? binary() : compact()

const ONEWAY = 4

function binary (): Writer {
  const out = new Bytes()
  const [BOOL, DOUBLE, I32, I64, STRING, STRUCT, LIST] = [2, 4, 8, 10, 11, 12, 15]
  const head = (type: number, field: number): void => { out.byte(type); out.byte(field >> 8); out.byte(field) }
  const text = (value: string): void => { out.word(Buffer.byteLength(value)); out.text(value) }
  return {
    oneway (name) { out.word(0x80010000 | ONEWAY); text(name); out.word(0) },
    open () {},
    close () { out.byte(0) },
    struct (field) { head(STRUCT, field) },
    list (field, size) { head(LIST, field); out.byte(STRUCT); out.word(size) },
    text (field, value) { head(STRING, field); text(value) },
    int (field, value) { head(I32, field); out.word(value) },
    long (field, high, low) { head(I64, field); out.word(high); out.word(low) },
    double (field, value) { head(DOUBLE, field); out.double(value, false) },
    bool (field, value) { head(BOOL, field); out.byte(value ? 1 : 0) },
    raw (bytes) { out.raw(bytes) },
    taken: () => out.taken()
  }
}

function compact (): Writer {
  const out = new Bytes()
  const [TRUE, FALSE, I32, I64, DOUBLE, STRING, LIST, STRUCT] = [1, 2, 5, 6, 7, 8, 9, 12]
  const SHORT = 15
  // A field is told by its distance to the one before it in the same struct.
  const outer: number[] = []
  let last = 0
  const head = (type: number, field: number): void => { out.byte((field - last) << 4 | type); last = field }
  const text = (value: string): void => { out.varint(0, Buffer.byteLength(value)); out.text(value) }
  const open = (): void => { outer.push(last); last = 0 }
  return {
    oneway (name) { out.byte(0x82); out.byte(ONEWAY << 5 | 1); out.varint(0, 0); text(name) },
    open,
    close () { out.byte(0); last = outer.pop()! },
    struct (field) { head(STRUCT, field); open() },
    list (field, size) {
      head(LIST, field)
      out.byte(Math.min(size, SHORT) << 4 | STRUCT)
      if (size >= SHORT) out.varint(0, size)
    },
    text (field, value) { head(STRING, field); text(value) },
    int (field, value) { head(I32, field); out.varint(0, value << 1 ^ value >> 31) },
    // Zigzag: the sign is the lowest bit, so that small numbers are short on both sides of zero.
    long (field, high, low) { head(I64, field); out.varint((high << 1 | low >>> 31) ^ high >> 31, low << 1 ^ high >> 31) },
    double (field, value) { head(DOUBLE, field); out.double(value, true) },
    bool (field, value) { head(value ? TRUE : FALSE, field) },
    raw (bytes) { out.raw(bytes) },
    taken: () => out.taken()
  }
}

/** A buffer that grows. */
class Bytes {
  private buffer = Buffer.allocUnsafeSlow(1 << 14)
  private at = 0

  byte (value: number): void { this.need(1); this.buffer[this.at++] = value }
  /** 32 bits, the highest first. */
  word (value: number): void { this.need(4); this.at = this.buffer.writeInt32BE(value | 0, this.at) }
  double (value: number, isLittle: boolean): void {
    this.need(8)
    this.at = isLittle ? this.buffer.writeDoubleLE(value, this.at) : this.buffer.writeDoubleBE(value, this.at)
  }

  /** 64 bits without a sign, seven at a time, the lowest first. */
  varint (high: number, low: number): void {
    this.need(10)
    high >>>= 0
    low >>>= 0
    while (high > 0 || low > 0x7f) {
      this.buffer[this.at++] = low & 0x7f | 0x80
      low = (low >>> 7 | high << 25) >>> 0
      high >>>= 7
    }
    this.buffer[this.at++] = low
  }

  text (value: string): void { this.need(value.length * 3); this.at += this.buffer.write(value, this.at) }
  raw (bytes: Uint8Array): void { this.need(bytes.length); this.buffer.set(bytes, this.at); this.at += bytes.length }

  taken (): Buffer {
    const bytes = Buffer.from(this.buffer.subarray(0, this.at))
    this.at = 0
    return bytes
  }

  private need (bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + bytes))
    larger.set(this.buffer.subarray(0, this.at))
    this.buffer = larger
  }
}
