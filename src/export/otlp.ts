import { digit, type SpanId, type TraceId } from '../trace/id'
import type { Event, Kind, Link, Span } from '../trace/span'
import type { Answer } from './exporter'
import { eventsOf, outcome } from './outcome'
import { SCHEMA, scopeOf, type Resource } from './resource'

// Spans as OTLP 1.x tells them: ExportTraceServiceRequest -> ResourceSpans -> ScopeSpans -> Span. `protobuf` and `json` tell the same.

const KINDS: Record<Kind, number> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }
const OK = 1
const ERROR = 2
const HAS_IS_REMOTE = 0x100
const IS_REMOTE = 0x200
const flagsOf = ({ trace, remote }: Span): number => trace.flags | HAS_IS_REMOTE | (remote ? IS_REMOTE : 0)

function byScope (spans: readonly Span[]): Map<Span['scope'], Span[]> {
  const scopes = new Map<Span['scope'], Span[]>()
  for (const span of spans) {
    const list = scopes.get(span.scope)
    if (list === undefined) scopes.set(span.scope, [span])
    else list.push(span)
  }
  return scopes
}
type Attributes = Record<string, unknown>

// ---- JSON: ids in hex, enums as numbers, 64-bit numbers as texts

/** The request in its JSON form. */
export function json (spans: readonly Span[], resource: Resource): string {
  const scopeSpans = Array.from(byScope(spans), ([scope, spans]) =>
    ({ scope: jsonScope(scope), spans: spans.map(jsonSpan), schemaUrl: SCHEMA }))
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: jsonAttributes(resource) }, scopeSpans, schemaUrl: SCHEMA }] })
}

function jsonScope (scope: Span['scope']): unknown {
  const { name, version } = scopeOf(scope)
  return { name: wellFormed(name), version: wellFormed(version) }
}

function jsonSpan (span: Span): unknown {
  const end = outcome(span)
  const attributes = jsonAttributes(span.attributes)
  if (end?.type !== undefined) attributes.push({ key: 'error.type', value: jsonValue(end.type) })
  const { dropped } = span
  return {
    traceId: span.trace.id,
    spanId: span.id,
    traceState: span.trace.state,
    parentSpanId: span.parent === '' ? undefined : span.parent,
    name: wellFormed(span.name),
    kind: KINDS[span.kind],
    startTimeUnixNano: nanos(span.startedAt),
    endTimeUnixNano: nanos(span.endedAt),
    attributes,
    droppedAttributesCount: dropped?.attributes,
    events: eventsOf(span, end).map(jsonEvent),
    droppedEventsCount: dropped?.events,
    links: (span.links ?? []).map(jsonLink),
    droppedLinksCount: dropped?.links,
    status: end === undefined ? {} : { code: end.ok ? OK : ERROR, message: wellFormed(end.message) },
    flags: flagsOf(span)
  }
}

const jsonEvent = ({ name, at, attributes, dropped }: Event): unknown =>
  ({ name: wellFormed(name), timeUnixNano: nanos(at), attributes: jsonAttributes(attributes), droppedAttributesCount: dropped })

const jsonLink = ({ traceId, spanId, state, attributes, dropped }: Link): unknown =>
  ({ traceId, spanId, traceState: wellFormed(state), attributes: jsonAttributes(attributes), droppedAttributesCount: dropped })

function jsonAttributes (attributes: Attributes | undefined): unknown[] {
  const out = []
  for (const key in attributes) {
    const value = jsonValue(attributes[key])
    if (value !== undefined) out.push({ key: wellFormed(key), value })
  }
  return out
}

function jsonValue (value: unknown): unknown {
  switch (typeof value) {
    case 'string': return { stringValue: wellFormed(value) }
    case 'boolean': return { boolValue: value }
    case 'number': return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: Number.isFinite(value) ? value : String(value) }
    // A hole is an item, too.
    default: return Array.isArray(value) ? { arrayValue: { values: Array.from(value, item => jsonValue(item) ?? {}) } } : undefined
  }
}

/** Half of a pair is no text in UTF-8, nor is it one in any other encoding. */
const wellFormed = <T extends string | undefined>(text: T): T | string => text !== undefined && /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text

/** Milliseconds with a fraction -> a text of nanoseconds, which no number can hold. */
function nanos (millis: number): string {
  const whole = Math.floor(millis)
  const rest = Math.round((millis - whole) * 1e6)
  return rest === 1e6 ? `${whole + 1}000000` : `${whole}${String(rest).padStart(6, '0')}`
}

// ---- protobuf: written straight into the buffer that is sent.
// A tag is (field << 3 | wire type): 0 varint, 1 fixed64, 2 length-delimited, 5 fixed32.

/** The tag of a span's attributes. */
const OF_SPAN = 0x4a
let buffer = Buffer.allocUnsafeSlow(0)
let view = new DataView(buffer.buffer)
let at = 0
/** Bytes of a batch that are not of its spans, about; and of a span, as far as the last batch tells. */
const REST = 1024
const MOST_USUAL = 2048
let usual = 512
// What of the times is the same for a batch: whole milliseconds, and their nanoseconds as two halves of 32 bits.
let base = 0
let baseHigh = 0
let baseLow = 0
let resourceBytes: { of: Resource, bytes: Uint8Array } | undefined

/** The request in its protobuf form. */
export function protobuf (spans: readonly Span[], resource: Resource): Buffer {
  try {
    if (resourceBytes?.of !== resource) {
      start(REST)
      attributes(0x0a, resource)
      resourceBytes = { of: resource, bytes: Uint8Array.from(buffer.subarray(0, at)) }
    }
    start(REST + resourceBytes.bytes.length + spans.length * usual)
    timesFrom(spans[0].startedAt)
    const resourceSpans = open(0x0a)
    const who = open(0x0a)
    bytes(resourceBytes.bytes)
    close(who)
    for (const [scope, members] of byScope(spans)) {
      const scopeSpans = open(0x12)
      const library = open(0x0a)
      const { name, version } = scopeOf(scope)
      text(0x0a, name)
      if (version !== undefined) text(0x12, version)
      close(library)
      for (const span of members) write(span)
      text(0x1a, SCHEMA)
      close(scopeSpans)
    }
    text(0x1a, SCHEMA)
    close(resourceSpans)
    usual = Math.min(Math.ceil(at / spans.length * 1.1), MOST_USUAL)
    const request = buffer.subarray(0, at)
    return request.length * 2 < buffer.length ? Buffer.from(request) : request   // it may have to wait
  } finally {
    start(0)   // nothing of a batch is kept
  }
}

function write (span: Span): void {
  const message = open(0x12)
  const { trace, events, links, dropped } = span
  const end = outcome(span)
  traceId(trace.traceId)
  spanId(0x12, span.spanId)
  if (trace.state !== undefined) text(0x1a, trace.state)
  if (span.parentId !== undefined) spanId(0x22, span.parentId)
  text(0x2a, span.name)
  need(20)
  buffer[at++] = 0x30
  buffer[at++] = KINDS[span.kind]
  time(0x39, span.startedAt)
  time(0x41, span.endedAt)
  attributes(OF_SPAN, span.attributes)
  if (end?.type !== undefined) attribute(OF_SPAN, keyOf('error.type'), end.type)
  if (events !== undefined) for (const event of events) writeEvent(event)
  if (end?.event !== undefined) writeEvent(end.event)
  if (links !== undefined) for (const link of links) writeLink(link)
  if (dropped !== undefined) {
    number(0x50, dropped.attributes)
    number(0x60, dropped.events)
    number(0x70, dropped.links)
  }
  if (end !== undefined) {
    const status = open(0x7a)
    if (end.message !== undefined) text(0x12, end.message)
    number(0x18, end.ok ? OK : ERROR)
    close(status)
  }
  need(6)
  buffer[at] = 0x85
  buffer[at + 1] = 0x01
  view.setInt32(at + 2, flagsOf(span), true)
  at += 6
  close(message)
}

function writeEvent (event: Event): void {
  const message = open(0x5a)
  need(9)
  time(0x09, event.at)
  text(0x12, event.name)
  attributes(0x1a, event.attributes)
  if (event.dropped !== undefined) number(0x20, event.dropped)
  close(message)
}

function writeLink (link: Link): void {
  const message = open(0x6a)
  id(0x0a, link.traceId)
  id(0x12, link.spanId)
  if (link.state !== undefined) text(0x1a, link.state)
  attributes(0x22, link.attributes)
  if (link.dropped !== undefined) number(0x28, link.dropped)
  close(message)
}

/** Begin with an empty buffer; the last one is whoever's it was handed to. */
function start (room: number): void {
  use(Buffer.allocUnsafeSlow(room))
  at = 0
  forget()
}
function use (other: Buffer<ArrayBuffer>): void {
  buffer = other
  view = new DataView(other.buffer)
}
/** Make room for so many bytes. */
function need (bytes: number): void {
  if (at + bytes > buffer.length) grow(at + bytes)
}
function grow (least: number): void {
  const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, least))
  larger.set(buffer.subarray(0, at))
  use(larger)
}

// A message's length stands before it and is known after it: four bytes are left for it, as a varint that is padded (up to 2^28 bytes).
function open (tag: number): number {
  need(5)
  buffer[at] = tag
  at += 5
  return at
}
function close (start: number): void {
  const length = at - start
  buffer[start - 4] = length | 0x80
  buffer[start - 3] = (length >>> 7) | 0x80
  buffer[start - 2] = (length >>> 14) | 0x80
  buffer[start - 1] = (length >>> 21) & 0x7f
}

function bytes (some: Uint8Array): void {
  need(some.length)
  buffer.set(some, at)
  at += some.length
}

// The functions that every span runs through many times work on locals: V8 keeps those in registers, and not what belongs to the module.

function traceId ({ first, second, third, fourth }: TraceId): void {
  need(18)
  const it = view
  const p = at
  it.setInt16(p, 0x0a10)
  it.setInt32(p + 2, first)
  it.setInt32(p + 6, second)
  it.setInt32(p + 10, third)
  it.setInt32(p + 14, fourth)
  at = p + 18
}
function spanId (tag: number, { high, low }: SpanId): void {
  need(10)
  const it = view
  const p = at
  it.setInt16(p, tag << 8 | 8)
  it.setInt32(p + 2, high)
  it.setInt32(p + 6, low)
  at = p + 10
}
/** Hex digits as bytes. */
function id (tag: number, hex: string): void {
  const size = hex.length >> 1
  need(2 + size)
  const to = buffer
  let p = at
  to[p++] = tag
  to[p++] = size
  for (let i = 0; i < size * 2; i += 2) to[p++] = digit(hex.charCodeAt(i)) << 4 | digit(hex.charCodeAt(i + 1))
  at = p
}

function timesFrom (millis: number): void {
  base = Math.floor(millis)
  const nanos = BigInt(base) * 1_000_000n
  baseHigh = Number(nanos >> 32n)
  baseLow = Number(nanos & 0xffffffffn)
}
/** Nanoseconds since the epoch as a fixed64; there must be room. No BigInt: the distance to the base fits a number. */
function time (tag: number, millis: number): void {
  const low = baseLow + Math.round((millis - base) * 1e6)
  buffer[at] = tag
  view.setUint32(at + 1, low, true)
  view.setUint32(at + 5, baseHigh + Math.floor(low / 4294967296), true)
  at += 9
}

/** A varint; nothing if it is 0, as protobuf has it. */
function number (tag: number, value: number): void {
  if (value === 0) return
  need(11)
  buffer[at++] = tag
  varint(value)
}
/** Up to ten bytes, for which there must be room. */
function varint (value: number): void {
  if (value < 0) {
    for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
      if (rest < 0x80n) { buffer[at++] = Number(rest); return }
      buffer[at++] = Number(rest & 0x7fn) | 0x80
    }
  }
  while (value > 0x7fffffff) { buffer[at++] = (value % 128) | 0x80; value = Math.floor(value / 128) }
  while (value > 0x7f) { buffer[at++] = (value & 0x7f) | 0x80; value >>>= 7 }
  buffer[at++] = value
}
const varintSize = (value: number): number => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5

const SHORT = 64
/** A text field. Most are short and ASCII: those are written letter by letter, which is faster than to ask for their size first. */
function text (tag: number, value: string): void {
  const { length } = value
  need(length * 3 + 6)
  if (length <= SHORT && ascii(value, at + 2)) {
    buffer[at] = tag
    buffer[at + 1] = length
    at += 2 + length
    return
  }
  const size = Buffer.byteLength(value)
  buffer[at++] = tag
  varint(size)
  at += buffer.write(value, at)
}
/** Write a text if it is ASCII; there must be room. */
function ascii (value: string, p: number): boolean {
  const { length } = value
  const to = buffer
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if (code > 0x7f) return false
    to[p++] = code
  }
  return true
}

// ---- attributes: those of a span that come again in a batch are copied from where they stand already, as many at once as stand side by side

/** An attribute's key. */
interface Key {
  readonly name: string
  /** How a KeyValue begins: the key, and the tag of its value. */
  readonly words: Int32Array
  readonly size: number
  /** What came after it the last time: most spans of a patch have the same keys. */
  next: Key | undefined
  /** The last value of it in this batch, and where in the buffer they stand. */
  value: unknown
  from: number
  to: number
}

const keys = new Map<string, Key>()
const MOST_KEYS = 1000
const LONGEST_KEY = 256
function keyOf (name: string): Key {
  const found = keys.get(name)
  if (found !== undefined) return found
  const key = newKey(name)
  if (keys.size < MOST_KEYS && name.length <= LONGEST_KEY) keys.set(name, key)
  return key
}
function newKey (name: string): Key {
  const letters = Buffer.from(name)
  const length: number[] = []
  for (let rest = letters.length; ; rest >>>= 7) {
    if (rest < 0x80) { length.push(rest); break }
    length.push((rest & 0x7f) | 0x80)
  }
  const size = letters.length + length.length + 2
  const bytes = new DataView(new ArrayBuffer(size + 3))
  new Uint8Array(bytes.buffer).set([0x0a, ...length, ...letters, 0x12])
  const words = Int32Array.from({ length: (size + 3) >> 2 }, (_, i) => bytes.getInt32(i * 4))
  return { name, words, size, next: undefined, value: undefined, from: 0, to: 0 }
}
/** What comes before the first key. */
const START = newKey('')

/** Keys that have a value. */
const known: Key[] = []
/** Bytes; what takes more comes again too seldom to be compared. */
const LONG = 1024
function remember (key: Key, value: unknown, from: number): void {
  if (at - from > LONG) return
  if (key.value === undefined) known.push(key)
  key.value = value
  key.from = from
  key.to = at
}
function forget (): void {
  for (const key of known) key.value = undefined
  known.length = 0
}

function attributes (tag: number, of: Attributes | undefined): void {
  let last = START
  // Where those stand that are to be copied.
  let from = 0
  let to = 0
  for (const name in of) {
    const value = of[name]
    if (value === undefined || value === null) continue
    let key = last.next
    if (key === undefined || key.name !== name) {
      key = keyOf(name)
      if (name.length <= LONGEST_KEY) last.next = key
    }
    last = key
    if (tag !== OF_SPAN || value !== key.value) {
      again(from, to)
      from = to
      attribute(tag, key, value)
    } else {
      if (key.from !== to) {
        again(from, to)
        from = key.from
      }
      to = key.to
    }
  }
  again(from, to)
}

/** One KeyValue. */
function attribute (tag: number, key: Key, value: unknown): void {
  const from = at
  if (!simple(tag, key, value)) any(tag, key, value)
  if (tag === OF_SPAN) remember(key, value, from)
}

/** What stands there once more, if it is anything. */
function again (from: number, to: number): void {
  if (from === to) return
  need(to - from)
  buffer.copyWithin(at, from, to)
  at += to - from
}

/** A short text in ASCII or a small whole number, as nearly all are: all lengths take one byte. */
function simple (tag: number, key: Key, value: unknown): boolean {
  const { size } = key
  if (typeof value === 'string') {
    const { length } = value
    if (length > SHORT || size >= 0x78 - SHORT) return false
    need(size + length + 8)
    begin(key, at + 2)
    const p = at + 2 + size
    if (!ascii(value, p + 3)) return false
    const to = buffer
    to[at] = tag
    to[at + 1] = size + 3 + length
    to[p] = length + 2
    to[p + 1] = 0x0a
    to[p + 2] = length
    at = p + 3 + length
    return true
  }
  if (typeof value !== 'number' || size >= 0x70 || !(value >= 0 && value <= 0x7fffffff) || (value | 0) !== value) return false
  const length = varintSize(value)
  need(size + length + 8)
  begin(key, at + 2)
  const p = at + 2 + size
  const to = buffer
  to[at] = tag
  to[at + 1] = size + 2 + length
  to[p] = length + 1
  to[p + 1] = 0x18
  at = p + 2
  varint(value)
  return true
}
/** Write how a KeyValue begins; there must be room for three bytes behind it. */
function begin ({ words }: Key, p: number): void {
  const it = view
  for (let i = 0; i < words.length; i++, p += 4) it.setInt32(p, words[i])
}

/** Whatever it is; nothing is written if that cannot be told. */
function any (tag: number, key: Key, value: unknown): void {
  const undo = at
  const pair = open(tag)
  need(key.size + 3)
  begin(key, at)
  at += key.size - 1   // the tag of the value is written by `open`
  const content = open(0x12)
  if (anyValue(value)) {
    close(content)
    close(pair)
  } else at = undo
}

/** The content of an AnyValue; false if it is nothing that can be told. */
function anyValue (value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      text(0x0a, value)
      return true
    case 'boolean':
      need(2)
      buffer[at++] = 0x10
      buffer[at++] = value ? 1 : 0
      return true
    case 'number':
      need(11)
      if (Number.isSafeInteger(value)) {
        buffer[at++] = 0x18
        varint(value)
      } else {
        buffer[at] = 0x21
        view.setFloat64(at + 1, value, true)
        at += 9
      }
      return true
    default: {
      if (!Array.isArray(value)) return false
      const array = open(0x2a)
      for (const item of value) {
        const any = open(0x0a)
        anyValue(item)
        close(any)
      }
      close(array)
      return true
    }
  }
}

// ---- what the collector answers

/** How many spans of a batch that was accepted are rejected, and why: the `partialSuccess` of an answer in either form; undefined if it has none. */
export function rejections ({ type = '', body }: Answer): { rejected: number, why: string } | undefined {
  if (body.length === 0) return undefined
  try {
    const partly = type.includes('json') ? JSON.parse(Buffer.from(body).toString()).partialSuccess : partialSuccess(body)
    const rejected = Number(partly?.rejectedSpans ?? 0)
    const why = String(partly?.errorMessage ?? '')
    return rejected > 0 || why !== '' ? { rejected, why } : undefined
  } catch { return undefined }
}

function partialSuccess (answer: Uint8Array): { rejectedSpans: unknown, errorMessage: unknown } | undefined {
  const partly = fields(answer)[1]
  if (!(partly instanceof Uint8Array)) return undefined
  const { 1: rejectedSpans, 2: errorMessage } = fields(partly)
  return { rejectedSpans, errorMessage: errorMessage === undefined ? undefined : Buffer.from(errorMessage as Uint8Array).toString() }
}

/** The varints and length-delimited fields of a message, by number. */
function fields (message: Uint8Array): Record<number, number | Uint8Array> {
  const found: Record<number, number | Uint8Array> = {}
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let power = 1; ; power *= 128) {
      const byte = message[at++]
      value += (byte & 0x7f) * power
      if (!(byte > 0x7f)) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    if ((tag & 7) === 0) found[tag >>> 3] = varint()
    else if ((tag & 7) === 2) { const size = varint(); found[tag >>> 3] = message.subarray(at, at += size) }
    else break
  }
  return found
}
