import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { mock, test } from 'node:test'
import { spanId, traceId } from '../../src/trace/id'

test('ids are lower-case hex of their length, and each is another one, over many refills of the pool', () => {
  const spans = new Set<string>()
  const traces = new Set<string>()
  for (let i = 0; i < 20_000; i++) { spans.add(spanId()); traces.add(traceId()) }
  assert.equal(spans.size, 20_000)
  assert.equal(traces.size, 20_000)
  for (const id of spans) assert.match(id, /^[0-9a-f]{16}$/)
  for (const id of traces) assert.match(id, /^[0-9a-f]{32}$/)
})

test('an id is never zero, nor is a half of a trace id', () => {
  // The next refills: nothing but zeros, but for the last eight bytes.
  const fill = mock.method(crypto, 'randomFillSync', (pool: Buffer) => pool.fill(0).fill(0xab, pool.length - 8))
  for (let i = 0; i < 1024; i++) spanId()
  assert.ok(fill.mock.callCount() >= 1)
  for (let i = 0; i < 5; i++) assert.equal(spanId(), 'ab'.repeat(8))
  assert.equal(traceId(), 'ab'.repeat(16))
  fill.mock.restore()
})

test('a machine without randomness: ids all the same, and nothing is thrown', () => {
  const fill = mock.method(crypto, 'randomFillSync', () => { throw new Error('no entropy') })
  const ids = new Set(Array.from({ length: 3000 }, spanId))
  assert.ok(fill.mock.callCount() >= 1)
  assert.equal(ids.size, 3000)
  fill.mock.restore()
})
