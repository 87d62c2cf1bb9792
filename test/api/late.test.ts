import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { contextManager, propagator, tracerProvider } from '../../src/api/opentelemetry'
import { propagateWith } from '../../src/propagation'
import { alwaysOn, type Sampler } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { traceWith } from '../../src/trace/tracer'

const ACTIVE = Symbol.for('OpenTelemetry Context Key SPAN')
const OWN = Symbol('a value of the application')
const tracer = tracerProvider.getTracer('shop')
const activeSpan = (): Span => contextManager.active().getValue(ACTIVE) as Span
const headers = (): Record<string, string> => {
  const carrier: Record<string, string> = {}
  propagator.inject(contextManager.active(), carrier, { set (_, key, value) { carrier[key] = value } })
  return carrier
}
sendTo(() => {})
propagateWith(['tracecontext', 'baggage'], { trustDebug: true, sharedSpans: true })
beforeEach(() => traceWith(alwaysOn, undefined))

test('the active span of OpenTelemetry\'s API is the span itself until it is sent, then one that has ended, with the same context', () => {
  tracer.startActiveSpan('work', (span: Span) => {
    const before = contextManager.active()
    contextManager.with(before.setValue(OWN, 1), () => {
      const passed = headers()
      assert.equal(activeSpan(), span)
      assert.equal(before.getValue(ACTIVE), span)
      span.end()
      assert.equal(activeSpan(), span)
      span.release()
      const late = activeSpan()
      assert.notEqual(late, span)
      assert.deepEqual([late.spanContext(), late.isRecording(), headers(), contextManager.active().getValue(OWN)], [span.spanContext(), false, passed, 1])
      late.setAttribute('a', 1).addEvent('b').end()
      const child = tracer.startSpan('late')
      assert.deepEqual([child.trace.id, child.parent, child.recording, child.isElsewhere], [span.trace.id, span.id, true, false])
    })
  })
})

test('a span that stands for one elsewhere stays the parent that it is', () => {
  const remote = { spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true }) }
  contextManager.with(contextManager.active().setValue(ACTIVE, remote), () => {
    assert.equal(activeSpan(), remote)
    const first = tracer.startSpan('first')
    first.end()
    first.release()
    const second = tracer.startSpan('second')
    assert.deepEqual([first, second].map(({ parent, remote }) => [parent, remote]), Array(2).fill(['b'.repeat(16), true]))
    assert.deepEqual([first.isEntry, second.isEntry], [true, false])
    assert.equal(activeSpan(), remote)
  })
})

test('of a trace state that another maker writes, only what is one goes on: no header of ours is two', () => {
  const stateOf = (state: string): string | undefined => {
    const remote = { spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, traceState: { serialize: () => state } }) }
    const span = tracer.startSpan('below', {}, contextManager.active().setValue(ACTIVE, remote))
    return (contextManager.with(contextManager.active().setValue(ACTIVE, span), headers) as Record<string, string>).tracestate
  }
  assert.deepEqual(['a=1,b=2', 'a=1\r\nx-admin: 1', ''].map(stateOf), ['a=1,b=2', undefined, undefined])
})

test('a root is one in a process that was started in a trace, too; what it is called is told to the sampler', () => {
  const asked: string[] = []
  const sampler: Sampler = (_, from, request) => {
    asked.push(request)
    return { sampled: from === undefined }
  }
  traceWith(sampler, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: false })
  const below = tracer.startSpan('below')
  const first = tracer.startSpan('first', { root: true })
  assert.deepEqual([below.trace.id, below.parent, below.recording], ['a'.repeat(32), 'b'.repeat(16), false])
  assert.deepEqual([first.trace.id === below.trace.id, first.parent, first.recording], [false, '', true])
  assert.deepEqual(asked, ['below', 'first'])
})
