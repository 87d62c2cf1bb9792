import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { mock, test } from 'node:test'
import { SpanId, TraceId } from '../../src/trace/id'

test('ids are lower-case hex of their length, and each is another one, over many refills of the pool', () => {
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

test('an id is never zero, nor is a half of a trace id', () => {
  // The next refills: nothing but zeros, but for the last eight bytes.
  const fill = mock.method(crypto, 'randomFillSync', (pool: Int32Array) => pool.fill(0).fill(0x0a_bc_de_f1, pool.length - 2))
  for (let i = 0; i < 1024; i++) SpanId.next()
  assert.ok(fill.mock.callCount() >= 1)
  for (let i = 0; i < 5; i++) assert.equal(SpanId.next().hex, '0abcdef10abcdef1')
  assert.equal(TraceId.next().hex, '0abcdef1'.repeat(4))
  fill.mock.restore()
})

test('a machine without randomness: ids all the same, and nothing is thrown', () => {
  const fill = mock.method(crypto, 'randomFillSync', () => { throw new Error('no entropy') })
  const ids = new Set(Array.from({ length: 3000 }, () => SpanId.next().hex))
  assert.ok(fill.mock.callCount() >= 1)
  assert.equal(ids.size, 3000)
  fill.mock.restore()
})
