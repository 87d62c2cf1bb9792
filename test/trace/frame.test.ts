import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { active, here, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { alwaysOff, alwaysOn, parentBased } from '../../src/trace/sampler'
import { SILENT, sendTo, told, type Remote, type Span } from '../../src/trace/span'
import { child, endAfter, outgoing, parentOf, root, traceWith } from '../../src/trace/tracer'

const ended: Span[] = []
sendTo(span => { ended.push(span) })
beforeEach(() => { ended.length = 0; traceWith(parentBased(alwaysOn), undefined) })

const CALLER: Remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
const BAGGAGE = [{ key: 'k', text: 'v', form: 'w3c' as const }]
const beneath = (span: Span): Span => within(frameOf(span), () => child('client', 'test'), undefined, [])
/** The active span of something that is leaked while `span` is active, when that is over. */
function late (span: Span): Span {
  const frame = frameOf(span)
  span.end()
  span.release()
  return within(frame, active, undefined, [])
}
const shown = (span: Span): unknown => [told(span), span.parent, span.spanContext(), span.scope, span.values, span.trace.caller, span.trace.kept, span.trace.recording, span.isElsewhere, span.isEntry]

const REMOTES: Array<Remote | undefined> = [
  undefined,
  CALLER,
  { ...CALLER, random: true },
  { ...CALLER, sampled: false },
  { ...CALLER, debug: true },
  { ...CALLER, firehose: true },
  { ...CALLER, state: 'a=1' },
  { ...CALLER, baggage: BAGGAGE },
  { ...CALLER, sharedParent: 'c'.repeat(16) },
  { traceId: '', spanId: '', sampled: true, baggage: BAGGAGE }
]
for (const remote of REMOTES) {
  for (const kind of ['server', 'client'] as const) {
    test(`what stands for a span that is gone says what the span said: ${kind}, ${JSON.stringify(remote)}`, () => {
      const span = root(kind, 'test', remote)
      assert.equal(within(frameOf(span), active, undefined, []), span)
      const said = shown(span)
      const standIn = late(span)
      assert.notEqual(standIn, span)
      assert.deepEqual(shown(standIn), said)
      assert.equal(standIn.recording, false)
      assert.equal(frameOf(standIn), frameOf(span))
      assert.equal(beneath(standIn)?.parent, span.trace.sampled ? span.id : undefined)
    })
  }
}

test('what is begun late is in the same trace, and not taken for the request; nor is what stands for the request sent again', () => {
  const span = root('server', 'test', { ...CALLER, baggage: BAGGAGE })
  span.values = new Map([[Symbol('key'), 1]])
  const standIn = late(span)
  const first = beneath(standIn)
  const second = beneath(first)
  assert.deepEqual([first, second].map(({ trace, parent, baggage, values, isEntry, remote }) => [trace.id, parent, baggage, values, isEntry, remote]),
    [[CALLER.traceId, span.id, BAGGAGE, span.values, false, false], [CALLER.traceId, first.id, BAGGAGE, span.values, false, false]])
  standIn.setAttribute('a', 1)
  standIn.end()
  assert.deepEqual([ended, standIn.attributes], [[span], {}])
})

test('a child that is gone is as much a part of its trace as ever', () => {
  const span = root('server', 'test', CALLER)
  const inner = beneath(span)
  const said = shown(inner)
  const standIn = late(inner)
  assert.deepEqual(shown(standIn), said)
  assert.equal(standIn.trace, span.trace)
  late(span)
  assert.deepEqual(within(frameOf(inner), () => parentOf(CALLER, true), undefined, []).id, span.id)
  assert.equal(beneath(standIn).parent, inner.id)
})

test('the caller is known late: what he is told of is no parent of ours, and what he told has the request for its parent', () => {
  const span = root('server', 'test', CALLER)
  late(span)
  within(frameOf(span), () => {
    assert.equal(outgoing('client', 'test', CALLER)?.parent, span.id)
    assert.equal(parentOf(CALLER, true).id, span.id)
    assert.equal(outgoing('client', 'test', { ...CALLER, spanId: 'd'.repeat(16) })?.parent, 'd'.repeat(16))
  }, undefined, [])
})

test('the age of a trace is that of its request, which may be gone', t => {
  endAfter(1000)
  t.after(() => endAfter(Infinity))
  const [young, old] = [root('server', 'test', undefined), root('server', 'test', undefined)]
  const inner = beneath(old)
  old.startedAt -= 1001
  for (const span of [young, inner, old]) late(span)
  assert.equal(beneath(young).parent, young.id)
  for (const span of [inner, old]) assert.deepEqual([beneath(span).parent, beneath(span).links?.[0]], ['', { traceId: old.trace.id, spanId: span.id, state: undefined, attributes: undefined }])
})

test('what is not recorded is let go of at its end', () => {
  traceWith(alwaysOff, undefined)
  const span = root('server', 'test', undefined)
  span.end()
  const standIn = within(frameOf(span), active, undefined, [])
  assert.notEqual(standIn, span)
  assert.deepEqual([standIn.spanContext(), standIn.trace.recording], [span.spanContext(), false])
  assert.equal(beneath(standIn), undefined)
})

test('what is never traced stays what it is, whatever ends it', () => {
  SILENT.end()
  assert.equal(within(frameOf(SILENT), active, undefined, []), SILENT)
  assert.equal(within(frameOf(SILENT), here, undefined, []), frameOf(SILENT))
})
