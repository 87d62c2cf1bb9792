import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { mock, test } from 'node:test'
import { SpanId, TraceId } from '../../src/trace/id'

test('ids are lower-case hex of their length, and each is another one, also when the generator has begun anew', () => {
  const spans = new Set<string>()
  const traces = new Set<string>()
  for (let i = 0; i < 20_000; i++) { spans.add(SpanId.next().hex); traces.add(TraceId.next().hex) }
  assert.equal(spans.size, 20_000)
  assert.equal(traces.size, 20_000)
  for (const id of spans) assert.match(id, /^[0-9a-f]{16}$/)
  for (const id of traces) assert.match(id, /^[0-9a-f]{32}$/)
})

test('an id that somebody told is the same in digits as in words', () => {
  for (const hex of ['0af7651916cd43dd', '8448eb211c80319c', 'f'.repeat(16), '0'.repeat(15) + '1', '80000000ffffffff']) {
    assert.equal(SpanId.of(hex).hex, hex)
    assert.equal(TraceId.of(`${hex}0123456789abcdef`).hex, `${hex}0123456789abcdef`)
  }
  const { high, low } = SpanId.of('800000007fffffff')
  assert.deepEqual([high, low], [-0x80000000, 0x7fffffff])
})

/** Ids until the generator begins anew, with what `fill` gives it; then what follows on the one with which it began. */
function whenItBegins (fill: (state: Int32Array) => void, look: (first: string) => void, Id: { next (): { hex: string } } = SpanId): void {
  const filling = mock.method(crypto, 'randomFillSync', fill)
  try {
    let id = ''
    for (let i = 0; filling.mock.callCount() === 0; i++) {
      assert.ok(i < 100_000)
      id = Id.next().hex
    }
    look(id)
  } finally { filling.mock.restore() }
}

/** xoshiro128**, as its authors wrote it down. */
function * reference (state: number[]): Generator<number> {
  const s = Uint32Array.from(state)
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0
  for (;;) {
    yield Math.imul(rotl(Math.imul(s[1], 5) >>> 0, 7), 9) >>> 0
    const t = (s[1] << 9) >>> 0
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11)
  }
}

test('ids are the words of xoshiro128**, which the system gives its beginning', () => {
  const words = reference([0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc835])
  whenItBegins(state => { state.set([0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc835]) }, first => {
    const hex = (): string => words.next().value!.toString(16).padStart(8, '0')
    assert.equal(first, hex() + hex())
    for (let i = 0; i < 1000; i++) assert.equal(SpanId.next().hex, hex() + hex())
    for (let i = 0; i < 1000; i++) assert.equal(TraceId.next().hex, hex() + hex() + hex() + hex())
  })
})

test('an id is never zero, nor is a half of a trace id', () => {
  // Its first two words are zero.
  const fill = (state: Int32Array): void => { state.set([5, 0, 5, 7]) }
  assert.deepEqual(Array.from({ length: 2 }, (words => () => words.next().value)(reference([5, 0, 5, 7]))), [0, 0])
  whenItBegins(fill, id => { assert.notEqual(id, '0'.repeat(16)) })
  whenItBegins(fill, id => { for (const half of [id.slice(0, 16), id.slice(16)]) assert.notEqual(half, '0'.repeat(16)) }, TraceId)
  whenItBegins(state => { state.fill(0) }, () => {
    assert.equal(new Set(Array.from({ length: 3000 }, () => SpanId.next().hex)).size, 3000)
  })
})

test('a machine without randomness: ids all the same, and nothing is thrown', () => {
  whenItBegins(() => { throw new Error('no entropy') }, () => {
    assert.equal(new Set(Array.from({ length: 3000 }, () => SpanId.next().hex)).size, 3000)
  })
})
