import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, written } from '../../src/api/binary'
import { SpanId, TraceId } from '../../src/trace/id'
import { standIn, Trace } from '../../src/trace/span'

// As Jaeger's clients for Go and Python write it: trace (16 bytes), span, parent (8 each), flags; 1 item, 'key' and 'válue'.
const BYTES = '0af7651916cd43dd8448eb211c80319c' + 'b7ad6b7169203331' + '00f067aa0ba902b7' + '03' + '00000001' + '00000003' + '6b6579' + '00000006' + '76c3a16c7565'

test('Jaeger\'s binary form is read and written', () => {
  const remote = read(Buffer.from(BYTES, 'hex'))!
  assert.deepEqual(remote, {
    traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true, debug: true, firehose: false,
    baggage: [{ key: 'key', text: 'v%C3%A1lue', form: 'w3c' }]
  })
  const trace = new Trace(TraceId.of(remote.traceId), true, false, undefined)
  trace.debug = true
  assert.equal(written(standIn(trace, SpanId.of(remote.spanId), true, remote.baggage, SpanId.of('00f067aa0ba902b7'))).toString('hex'), BYTES)
})

test('a short trace id is padded, no parent is zeros', () => {
  const bytes = Buffer.from(`${'0'.repeat(16)}8448eb211c80319cb7ad6b7169203331${'0'.repeat(16)}0000000000`, 'hex')
  assert.deepEqual(read(Array.from(bytes)), { traceId: `${'0'.repeat(16)}8448eb211c80319c`, spanId: 'b7ad6b7169203331', sampled: false, debug: false, firehose: false, baggage: undefined })
  assert.deepEqual(written(standIn(new Trace(TraceId.of(`${'0'.repeat(16)}8448eb211c80319c`), false, false, undefined), SpanId.of('b7ad6b7169203331'), true, undefined)), bytes)
})

test('what is no such form is nothing, wherever it breaks off', () => {
  const whole = Buffer.from(BYTES, 'hex')
  for (let length = 0; length < whole.length; length++) assert.equal(read(whole.subarray(0, length)), undefined, String(length))
  for (const other of [undefined, null, 7, 'text', {}, Buffer.alloc(64), Buffer.alloc(64, 255)]) assert.equal(read(other), undefined)
})
