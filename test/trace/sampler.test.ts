import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TraceId } from '../../src/trace/id'
import { alwaysOff, alwaysOn, parentBased, ratio as share, type Sampler } from '../../src/trace/sampler'

const ratio = (part: number) => (id: TraceId, from: Parameters<Sampler>[1]) => {
  const { sampled, ot } = share(part)(id, from, '')
  return { sampled, ot }
}
const id = (randomness: string): TraceId => TraceId.of('f'.repeat(18) + randomness)
const from = (sampled: boolean, state?: string) => ({ traceId: 'f'.repeat(32), spanId: 'b'.repeat(16), sampled, state })

test('ratio: the threshold is the low 56 bits of the trace id, and `th` tells it without its zeros', () => {
  const half = ratio(0.5)
  assert.deepEqual(half(id('80000000000000'), undefined), { sampled: true, ot: 'th:8' })
  assert.deepEqual(half(id('7fffffffffffff'), undefined), { sampled: false, ot: undefined })
  assert.deepEqual(ratio(1)(id('00000000000000'), undefined), { sampled: true, ot: 'th:0' })
  assert.equal(ratio(0)(id('ffffffffffffff'), undefined).sampled, false)
  assert.equal(ratio(0.25)(id('c0000000000000'), undefined).ot, 'th:c')
  // One in 2^56: only the very last id, and not nearly all of them.
  for (const share of [2 ** -56, 1e-17, 5e-324]) {
    assert.deepEqual(ratio(share)(id('fffffffffffffe'), undefined), { sampled: false, ot: undefined })
    assert.deepEqual(ratio(share)(id('ffffffffffffff'), undefined), { sampled: true, ot: 'th:ffffffffffffff' })
  }
})

test('ratio: who takes a smaller share takes a part of what the others take, and the share is right', () => {
  const shares = [0.01, 0.1, 0.5, 0.9]
  const taken = shares.map(() => 0)
  for (let i = 0; i < 20_000; i++) {
    const trace = TraceId.next()
    const decisions = shares.map(share => ratio(share)(trace, undefined).sampled)
    decisions.forEach((sampled, at) => {
      if (sampled) taken[at]++
      assert.ok(at === 0 || !decisions[at - 1] || sampled)
    })
  }
  shares.forEach((share, at) => { assert.ok(Math.abs(taken[at] / 20_000 - share) < 0.02, `${share}: ${taken[at]}`) })
})

test('ratio: the randomness that the caller chose goes before the id\'s', () => {
  const half = ratio(0.5)
  assert.equal(half(id('00000000000000'), from(true, 'a=1,ot=th:c;rv:90000000000000,b=2')).sampled, true)
  assert.equal(half(id('ffffffffffffff'), from(true, 'ot=rv:10000000000000')).sampled, false)
  assert.equal(half(id('ffffffffffffff'), from(true, 'not=rv:10000000000000,ot=rv:1')).sampled, true)
})

test('parent-based: the caller decides, and only where there is none the sampler', () => {
  assert.equal(parentBased(alwaysOff)(id('f'.repeat(14)), from(true), '').sampled, true)
  assert.equal(parentBased(alwaysOn)(id('f'.repeat(14)), from(false), '').sampled, false)
  assert.equal(parentBased(alwaysOn)(id('f'.repeat(14)), undefined, '').sampled, true)
  assert.equal(parentBased(alwaysOff)(id('f'.repeat(14)), undefined, '').sampled, false)
})
