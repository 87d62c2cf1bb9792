import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesFor, inherit, propagateWith } from '../../src/propagation'
import { startedWith } from '../../src/propagation/fields'
import { SILENT } from '../../src/trace/span'
import { root } from '../../src/trace/tracer'

const PARENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, state: 'new=1' }
const span = root('server', 'test', PARENT)
const plain = root('server', 'test', { ...PARENT, state: undefined })
const started = { TRACEPARENT: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`, TRACESTATE: 'old=1', X_B3_TRACEID: 'e'.repeat(32) }
const changes = (of: typeof span, environment: Record<string, string>): object => changesFor(of, name => environment[name])

test('a process that is started gets the span; what this one was started with goes, what the application has set stays', () => {
  propagateWith(['tracecontext', 'baggage'], { trustDebug: true, sharedSpans: false })
  inherit({})
  const TRACEPARENT = `00-${PARENT.traceId}-${span.id}-01`
  assert.deepEqual(changes(span, {}), { TRACEPARENT, TRACESTATE: 'new=1' })
  assert.deepEqual(changes(span, started), {})
  assert.equal(inherit(startedWith(['tracecontext', 'baggage'], name => (started as Record<string, string>)[name]))!.spanId, 'd'.repeat(16))
  assert.deepEqual(changes(span, started), { TRACEPARENT, TRACESTATE: 'new=1' })
  assert.deepEqual(changes(plain, started), { TRACEPARENT: TRACEPARENT.replace(span.id, plain.id), TRACESTATE: undefined })
  assert.deepEqual(changes(span, { ...started, TRACEPARENT: `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01` }), { TRACESTATE: undefined })
  assert.deepEqual(changes(SILENT, started), {})
})

test('in the formats that are chosen', () => {
  propagateWith(['b3multi'], { trustDebug: true, sharedSpans: false })
  inherit({})
  assert.deepEqual(changes(span, {}), { X_B3_TRACEID: PARENT.traceId, X_B3_SPANID: span.id, X_B3_SAMPLED: '1' })
})
