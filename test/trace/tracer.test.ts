import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { silently, within } from '../../src/trace/context'
import { SILENT, sendTo, type Span } from '../../src/trace/span'
import { child, root, traceWith } from '../../src/trace/tracer'
import { alwaysOff, alwaysOn, parentBased, ratio } from '../../src/trace/sampler'

const ended: Span[] = []
sendTo(span => { ended.push(span) })
beforeEach(() => { ended.length = 0; traceWith(parentBased(alwaysOn), undefined) })
const inside = <T>(scope: Span | undefined, fn: () => T): T => within(scope, fn, undefined, [])
const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
const BAGGAGE = [{ key: 'k', text: 'v', form: 'w3c' as const }]

test('a root has a trace of its own, a child has its parent\'s', () => {
  const span = root('server', 'test', undefined)
  assert.deepEqual([span.parent, span.remote, span.trace.random, span.trace.entry], ['', false, true, span])
  const inner = inside(span, () => child('client', 'test'))!
  assert.deepEqual([inner.trace, inner.parent, inner.remote], [span.trace, span.id, false])
  assert.notEqual(inner.id, span.id)
  assert.notEqual(root('server', 'test', undefined).trace.id, span.trace.id)
})

test('a caller in another process: its ids, its decision, its random flag, its baggage', () => {
  const span = root('server', 'test', { ...CALLER, state: 'a=1', baggage: BAGGAGE })
  assert.deepEqual([span.trace.id, span.parent, span.remote, span.trace.state, span.trace.random, span.baggage],
    [CALLER.traceId, CALLER.spanId, true, 'a=1', false, BAGGAGE])
  assert.equal(root('server', 'test', { ...CALLER, random: true }).trace.random, true)
  assert.equal(root('server', 'test', { ...CALLER, sampled: false }).trace.sampled, false)
  const fresh = root('server', 'test', { traceId: '', spanId: '', sampled: undefined, baggage: BAGGAGE })
  assert.deepEqual([fresh.parent, fresh.remote, fresh.trace.sampled, fresh.baggage], ['', false, true, BAGGAGE])
})

test('the process\'s own parent: of what the process starts itself, not of what comes in', () => {
  traceWith(parentBased(alwaysOn), CALLER)
  assert.equal(child('client', 'test')!.parent, CALLER.spanId)
  assert.notEqual(root('server', 'test', undefined).trace.id, CALLER.traceId)
  traceWith(parentBased(alwaysOn), { ...CALLER, sampled: false })
  assert.equal(child('client', 'test')!.trace.sampled, false)
})

test('a ratio is told in front of the caller\'s tracestate; what else its `ot` member says stays', () => {
  traceWith(ratio(1), undefined)
  const state = (state: string | undefined): string | undefined => root('server', 'test', { ...CALLER, state }).trace.state
  assert.equal(state(undefined), 'ot=th:0')
  assert.equal(state('a=1, b=2'), 'ot=th:0,a=1,b=2')
  assert.equal(state('a=1,ot=th:8;rv:ffffffffffffff'), 'ot=th:0;rv:ffffffffffffff,a=1')
  const full = Array.from({ length: 32 }, (_, i) => `k${i}=1`).join(',')
  assert.equal(state(full)!.split(',').length, 32)
  traceWith(alwaysOff, undefined)
  assert.equal(state('a=1'), 'a=1')
})

test('beneath what is not sampled, hushed or silent there is no span', () => {
  const hushed = root('server', 'test', CALLER, true)
  assert.equal(hushed.trace.sampled, false)
  assert.equal(hushed.trace.id, CALLER.traceId)
  for (const span of [hushed, SILENT]) assert.equal(inside(span, () => child('client', 'test')), undefined)
  assert.equal(silently(() => child('client', 'test')), undefined)
  hushed.end()
  assert.equal(ended.length, 0)
})

test('a span ends once; what fails it later is not its failure', () => {
  const span = root('server', 'test', undefined)
  assert.equal(span.recording, true)
  span.end()
  const { endedAt } = span
  span.fail('late')
  span.end()
  assert.deepEqual([ended.length, span.endedAt, span.error, span.recording], [1, endedAt, undefined, false])
  const failed = root('server', 'test', undefined)
  failed.fail('first')
  failed.fail('second')
  assert.equal(failed.error, 'first')
})
