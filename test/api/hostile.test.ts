import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calls } from '../../src/api/calls'
import { tracerProvider } from '../../src/api/opentelemetry'
import { Tracer } from '../../src/api/opentracing'
import { protobuf } from '../../src/export/otlp'
import { now } from '../../src/trace/clock'
import { alwaysOn } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { sampleWith } from '../../src/trace/tracer'
import { fromProtobuf } from '../collector'
import { HOSTILE } from '../hostile'

sampleWith(alwaysOn)
const ended: Span[] = []
sendTo(span => { ended.push(span) })
const own = calls('info', {} as any)
const opentelemetry = tracerProvider.getTracer('test')
const opentracing = new Tracer()

for (const [what, value] of Object.entries(HOSTILE)) {
  test(`${what}, given as the name of a span, its time, attributes and links: nothing is thrown, and every span is exported`, () => {
    assert.equal(own.span(value, {}, () => 1, undefined as any), 1)
    assert.equal(own.traced(() => 2, { name: value, attributes: value })(), 2)
    opentelemetry.startSpan(value, { startTime: value, attributes: value, links: value }).end(value)
    opentelemetry.startActiveSpan(value, (span: Span) => span.end())
    opentracing.startSpan(value, { startTime: value }).finish()
    assert.equal(fromProtobuf(protobuf(ended.splice(0), {})).length, 5)
  })
}

test('no options are none, and no time is now', () => {
  const before = now()
  opentelemetry.startSpan('null', null).end()
  opentelemetry.startSpan('null', { startTime: null as any }).end()
  assert.deepEqual(ended.splice(0).map(({ name, startedAt }) => [name, startedAt >= before]), [['null', true], ['null', true]])
})
