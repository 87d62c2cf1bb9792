import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { within } from '../../src/trace/context'
import { frameOf, silently } from '../../src/trace/frame'
import { SILENT, sendTo, type Span } from '../../src/trace/span'
import { child, endAfter, outgoing, requireParent, root, traceWith } from '../../src/trace/tracer'
import { alwaysOff, alwaysOn, parentBased, ratio } from '../../src/trace/sampler'

const ended: Span[] = []
sendTo(span => { ended.push(span) })
beforeEach(() => { ended.length = 0; traceWith(parentBased(alwaysOn), undefined) })
const inside = <T>(scope: Span | undefined, fn: () => T): T => within(scope && frameOf(scope), fn, undefined, [])
const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
const BAGGAGE = [{ key: 'k', text: 'v', form: 'w3c' as const }]

test('a root has a trace of its own, a child has its parent\'s', () => {
  const span = root('server', 'test', undefined)
  assert.deepEqual([span.parent, span.remote, span.trace.random, span.isEntry], ['', false, true, true])
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

test('a trace that is too old gets no more spans: they begin traces of their own, with a link to it', t => {
  t.after(() => endAfter(Infinity))
  const old = root('server', 'test', { ...CALLER, baggage: BAGGAGE })
  const young = root('server', 'test', undefined)
  const silent = inside(SILENT, () => child('client', 'test'))
  old.startedAt -= 1001
  endAfter(1000)
  const late = inside(old, () => child('client', 'test'))!
  assert.notEqual(late.trace.id, old.trace.id)
  assert.deepEqual([late.parent, late.links, late.baggage], ['', [{ traceId: old.trace.id, spanId: old.id, state: undefined, attributes: undefined }], BAGGAGE])
  assert.equal(inside(late, () => child('client', 'test'))!.parent, late.id)
  assert.equal(inside(young, () => child('client', 'test'))!.parent, young.id)
  // The age of a trace is its first span's, and not the active one's.
  const inner = inside(root('server', 'test', undefined), () => child('internal', 'test'))!
  inner.trace.entry!.span.startedAt -= 1001
  assert.equal(inside(inner, () => child('client', 'test'))!.parent, '')
  assert.equal(silent, undefined)
  SILENT.startedAt -= 1001
  assert.equal(inside(SILENT, () => child('client', 'test')), undefined)
})

test('a trace that is too old and was not sampled is decided on anew; so is that of whoever started this process', t => {
  t.after(() => endAfter(Infinity))
  const old = root('server', 'test', { ...CALLER, sampled: false })
  old.startedAt -= 1001
  assert.equal(inside(old, () => child('client', 'test')), undefined)
  endAfter(1000)
  assert.equal(inside(old, () => child('client', 'test'))!.trace.sampled, true)
  traceWith(parentBased(alwaysOn), CALLER)
  endAfter(60_000)
  assert.equal(child('client', 'test')!.parent, CALLER.spanId)
  endAfter(0.001)
  const span = child('client', 'test')!
  assert.deepEqual([span.parent, span.links![0].traceId], ['', CALLER.traceId])
})

test('where a parent is required there is no first span of a trace, nor one beneath a trace that is too old', t => {
  t.after(() => { endAfter(Infinity); requireParent([]) })
  const [old, young] = [root('server', 'test', undefined), root('server', 'test', undefined)]
  old.startedAt -= 1001
  endAfter(1000)
  requireParent(['strict'])
  assert.deepEqual([child('client', 'strict'), inside(old, () => child('client', 'strict')), child('client', 'test')!.parent], [undefined, undefined, ''])
  assert.equal(inside(young, () => child('client', 'strict'))!.parent, young.id)
  assert.equal(outgoing('client', 'strict', CALLER)!.parent, CALLER.spanId)
})
