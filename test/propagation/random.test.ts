import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract, inject, propagateWith } from '../../src/propagation'
import type { Headers } from '../../src/propagation/propagator'
import { valueOf } from '../../src/trace/baggage'
import { alwaysOff, alwaysOn, parentBased } from '../../src/trace/sampler'
import type { Remote } from '../../src/trace/span'
import { root, traceWith } from '../../src/trace/tracer'

/** Numbers in [0, 1), the same in every run (mulberry32). */
function generator (seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return ((t ^ t >>> 14) >>> 0) / 4294967296
  }
}
const random = generator(20_251_120)
const below = (count: number): number => Math.floor(random() * count)
const oneOf = <T>(...of: T[]): T => of[below(of.length)]
const some = (count: number, piece: () => string): string => Array.from({ length: count }, piece).join('')

const digit = (): string => oneOf(...'0123456789abcdef')
const hex = (digits: number): string => {
  const id = random() < 0.05 ? '0'.repeat(digits) : some(digits, digit)
  return random() < 0.1 ? id.toUpperCase() : id
}
const length = (usual: number): number => random() < 0.9 ? usual : below(40)
const trace = (): string => hex(length(oneOf(16, 32)))
const span = (): string => hex(length(16))
const anything = (): string => some(below(12), () => oneOf('a', 'Z', '0', '%', '%20', '%zz', '%3A', '-', ':', ';', '=', ',', ' ', '\t', '"', '\u00e9', '\u20ac', '\n', '\0', '__proto__', 'd', '1'))
const key = (): string => oneOf('user', 'k', '__proto__', 'constructor', 'toString', 'x-y_z', some(1 + below(3), digit), anything())
const list = (piece: () => string): string => Array.from({ length: below(6) }, piece).join(oneOf(',', ', ', ' ,', ',,'))

const FIELDS: Record<string, () => string> = {
  traceparent: () => `${oneOf('00', '00', '00', '01', 'cc', 'ff', '0')}-${oneOf(hex(32), trace())}-${span()}-${hex(2)}${oneOf('', '', '', '-x', '.')}`,
  tracestate: () => list(() => `${oneOf('a', 'b@c', 'UPPER', '0_x', key())}=${oneOf('1', 'x y', '', anything())}`),
  baggage: () => list(() => `${key()}=${anything()}${oneOf('', ';p', '; a=b')}`),
  b3: () => oneOf('0', '1', 'd', 'D', `${trace()}-${span()}${oneOf('', '-0', '-1', '-d', '-2')}${oneOf('', '', `-${span()}`, '--')}`),
  'x-b3-traceid': trace,
  'x-b3-spanid': span,
  'x-b3-parentspanid': () => oneOf('-', '', span()),
  'x-b3-sampled': () => oneOf('0', '1', '3', 'true', 'False', '', 'constructor'),
  'x-b3-flags': () => oneOf('0', '1', ''),
  'uber-trace-id': () => `${hex(1 + below(33))}${oneOf(':', ':', '%3A')}${hex(1 + below(17))}:${hex(below(17))}:${oneOf('0', '1', '2', '3', '8', '9', 'b', '01', '100')}`,
  'uberctx-user': anything,
  'uberctx-__proto__': anything,
  'jaeger-debug-id': anything,
  'jaeger-baggage': () => list(() => `${key()}${oneOf('=', ' = ', '', '==')}${anything()}`),
  'ot-tracer-traceid': () => hex(1 + below(33)),
  'ot-tracer-spanid': () => hex(1 + below(17)),
  'ot-tracer-sampled': () => oneOf('true', 'false', '0', '1', '__proto__'),
  'ot-baggage-user': anything,
  'x-amzn-trace-id': () => [`Root=1-${hex(length(8))}-${hex(length(24))}`, `Parent=${span()}`, oneOf('Sampled=1', 'Sampled=0', 'Sampled=?', 'Self=1-2-3')]
    .slice(random() < 0.1 ? 1 : 0).join(oneOf(';', '; '))
}
const FORMATS: Record<string, string[]> = {
  tracecontext: ['traceparent', 'tracestate'],
  baggage: ['baggage'],
  b3: ['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
  b3multi: ['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
  jaeger: ['uber-trace-id', 'uberctx-user', 'uberctx-__proto__', 'jaeger-debug-id', 'jaeger-baggage'],
  ottrace: ['ot-tracer-traceid', 'ot-tracer-spanid', 'ot-tracer-sampled', 'ot-baggage-user'],
  xray: ['x-amzn-trace-id']
}

/** A header as it should be, or with a piece cut out, put in, sent twice, or replaced by anything. */
function header (field: string): string | string[] {
  const value = FIELDS[field]()
  if (random() < 0.7) return value
  const at = below(value.length + 1)
  return oneOf<() => string | string[]>(
    () => value.slice(0, at), () => value.slice(0, at) + anything() + value.slice(at), () => value.slice(0, at) + value.slice(at + 1),
    () => [value, FIELDS[field]()], () => `${value}, ${value}`, anything, () => ` ${value}\t`)()
}

const baggageOf = (remote: Remote): string[] | undefined => remote.baggage?.map(item => `${item.key}=${valueOf(item)}`)

test('100,000 random headers: extract never throws, invents no id, and what it takes it hands on', () => {
  let taken = 0
  for (let i = 0; i < 100_000; i++) {
    const name = oneOf(...Object.keys(FORMATS))
    const headers: Headers = {}
    const field = () => oneOf(...FORMATS[name])
    const fields = random() < 0.7 ? FORMATS[name].filter(() => random() < 0.8) : [field(), field()]
    for (const field of fields) Object.defineProperty(headers, field, { value: header(field), enumerable: true, configurable: true })
    const sharedSpans = random() < 0.1
    propagateWith([name], { trustDebug: random() < 0.9, sharedSpans })
    const about = `${i}: ${name} ${JSON.stringify(headers)}`
    const first = extract(headers)
    if (first === undefined) continue
    taken++
    assert.equal(first.traceId === '', first.spanId === '', about)
    if (first.traceId !== '') {
      assert.match(first.traceId, /^(?!0{32})[0-9a-f]{32}$/, about)
      assert.match(first.spanId, /^(?!0{16})[0-9a-f]{16}$/, about)
      // No id that was not there, but for its padding; X-Ray has a dash in it.
      const there = JSON.stringify(headers).toLowerCase().replaceAll('-', '')
      assert.ok(there.includes(first.traceId.replace(/^0+/, '')), about)
      assert.ok(there.includes(first.spanId.replace(/^0+/, '')), about)
    }

    // What goes out again says the same of the trace; its parent is the span of ours.
    traceWith(parentBased(first.sampled === undefined ? oneOf(alwaysOn, alwaysOff) : first.sampled ? alwaysOff : alwaysOn), undefined)
    const ours = root('server', 'test', first)
    const out: Headers = {}
    inject(ours, out, (carrier, name, value) => {
      assert.match(name, /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i, about)
      assert.match(value, /^[\t\x20-\x7e\x80-\xff]*$/, about)
      Object.defineProperty(carrier, name, { value, enumerable: true, configurable: true })
    })
    propagateWith([name], { trustDebug: true, sharedSpans: false })
    const second = extract(out)
    if (name === 'baggage') {
      assert.deepEqual(baggageOf(second!), baggageOf(first), about)
      continue
    }
    const low = (id: string): string => name === 'ottrace' ? id.slice(16) : id
    if (/^0*$/.test(low(ours.trace.id))) continue   // 64 bits of a trace id that has none below
    assert.equal(low(second!.traceId), low(first.traceId === '' ? ours.trace.id : first.traceId), about)
    assert.equal(second!.spanId, ours.id, about)
    assert.equal(second!.sampled, first.sampled ?? ours.trace.sampled, about)
    if (first.sampled !== undefined) {
      assert.equal(second!.debug ?? false, first.debug ?? false, about)
      assert.equal(second!.firehose ?? false, (first.firehose ?? false) && ours.trace.sampled, about)
    }
    assert.equal(second!.random, first.traceId === '' ? name === 'tracecontext' : first.random, about)
    assert.equal(second!.state, first.state, about)
    assert.deepEqual(baggageOf(second!), baggageOf(first), about)
  }
  // The generator is worth something: many are right, many are broken.
  assert.ok(taken > 30_000 && taken < 90_000, String(taken))
})

test('all formats at once take whatever comes', () => {
  propagateWith(Object.keys(FORMATS), { trustDebug: true, sharedSpans: false })
  for (let i = 0; i < 5_000; i++) {
    const headers: Headers = {}
    for (const field of Object.keys(FIELDS)) if (random() < 0.3) headers[field] = header(field)
    const remote = extract(headers)
    inject(root('server', 'test', remote), {}, () => {})
  }
})

test('a long header takes no long time', () => {
  propagateWith(Object.keys(FORMATS), { trustDebug: true, sharedSpans: false })
  const started = performance.now()
  for (const piece of [' ', ',', '\t ,', 'a', 'a=', 'a=1', 'a=1,', '%', '-', '0', ';', 'a= '] ) {
    const value = piece.repeat(16_384 / piece.length)
    for (const field of Object.keys(FIELDS)) {
      extract({ traceparent: '00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01', [field]: value })
      extract({ traceparent: '00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01', [field]: `a=1${value}x` })
    }
  }
  assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`)
})
