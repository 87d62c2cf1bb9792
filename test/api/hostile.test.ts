import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calls } from '../../src/api/calls'
import { Context } from '../../src/api/context'
import { tracerProvider } from '../../src/api/opentelemetry'
import { Tracer } from '../../src/api/opentracing'
import { json, protobuf } from '../../src/export/otlp'
import { zipkin } from '../../src/export/zipkin'
import { now, type Time } from '../../src/trace/clock'
import { alwaysOn } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { sampleWith } from '../../src/trace/tracer'
import { fromJson, fromProtobuf } from '../collector'
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

const { propagation, trace } = require('@opentelemetry/api')
const IDS = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }

for (const [what, value] of Object.entries(HOSTILE)) {
  test(`${what}, put into a context as a span, its ids, its trace state: nothing is thrown, and what it is no parent of begins a trace`, () => {
    const contexts = [value, {}, { spanContext: value }, { spanContext: () => value }, { spanContext: () => ({ ...IDS, traceId: value }) }].map(span => trace.setSpan(Context.root, span))
    assert.ok(trace.getSpan(contexts[0]) === (value ?? undefined))
    for (const context of contexts) opentelemetry.startSpan('new trace', {}, context).end()
    for (const { trace, parent } of ended.splice(0)) assert.deepEqual([trace.id !== IDS.traceId, parent], [true, ''])
    for (const traceState of [value, { serialize: value }, { serialize: () => value }]) opentelemetry.startSpan('child', {}, trace.setSpanContext(Context.root, { ...IDS, traceState })).end()
    for (const { trace, parent } of ended.splice(0)) assert.deepEqual([trace.id, parent, trace.state], [IDS.traceId, IDS.spanId, undefined])
  })

  test(`${what}, given as baggage, or as an entry, its key, its value, its metadata: nothing is thrown, and the other entries go on`, () => {
    const entry = { value: 'here' }
    for (const strange of [value, ['a', value], ['a', { value }], ['a', { value: 'x', metadata: value }], [value, entry]]) {
      const context: Context = propagation.setBaggage(Context.root, { getAllEntries: () => [strange, ['b', entry]] })
      assert.deepEqual(context.baggage?.at(-1), { key: 'b', text: 'here', form: 'w3c' })
    }
    for (const bag of [value, { getAllEntries: value }, { getAllEntries: () => value }]) propagation.setBaggage(Context.root, bag)
  })
}

test('a tracer may be asked for by anything; a number is a version, too', () => {
  for (const value of Object.values(HOSTILE)) tracerProvider.getTracer(value, value).startSpan('odd').end()
  tracerProvider.getTracer('shop', 2 as any).startSpan('numbered').end()
  const batch = ended.splice(0)
  for (const seen of [fromJson(JSON.parse(json(batch, {}))), fromProtobuf(protobuf(batch, {}))]) {
    for (const { name, scope, scopeVersion } of seen) assert.deepEqual([scope, scopeVersion], name === 'odd' ? ['unknown', undefined] : ['shop', '2'])
  }
})

test('a time in another unit, before 1970 or after all is none: it is now, and the other spans of its batch keep theirs, in every format', () => {
  const before = now()
  const at = Date.now()
  const times = [at * 1e3, at * 1e6, Number.MAX_VALUE, -Number.MAX_VALUE, 1e21, new Date(-1), [-1, 0], [at * 1e3, 0], [0, -1], 2 ** 63 / 1e6] as Time[]
  for (const time of times) {
    opentelemetry.startSpan('start', { startTime: time }).addEvent('event', time).end()
    opentelemetry.startSpan('event').addEvent('event', {}, time).end()
    opentelemetry.startSpan('end').end(time)
  }
  opentelemetry.startSpan('early', { startTime: new Date(0) }).end(new Date(0))
  opentelemetry.startSpan('late', { startTime: [9_223_372_036, 0] }).end([9_223_372_036, 854_000_000])
  opentelemetry.startSpan('fine', { startTime: at + 0.25 }).addEvent('event', at + 0.5).end(at + 1.25)
  const spans = ended.splice(0)
  const told: Record<string, number[]> = { early: [0, 0], late: [9_223_372_036_000, 9_223_372_036_854], fine: [at + 0.25, at + 0.5, at + 1.25] }
  for (const batch of [spans, [...spans].reverse()]) {
    for (const { name, startedAt, endedAt, events } of [...fromJson(JSON.parse(json(batch, {}))), ...fromProtobuf(protobuf(batch, {}))]) {
      const seen = [startedAt, ...events.map(({ at }) => at), endedAt].map(nanos => Number(nanos) / 1e6)
      // Far from the others, a time is what a number can say of the distance.
      if (name in told) seen.forEach((millis, i) => { assert.ok(Math.abs(millis - told[name][i]) < 0.002, `${name}: ${String(seen)}`) })
      else for (const millis of seen) assert.ok(millis > before - 1 && millis < now() + 1, `${name}: ${String(seen)}`)
    }
    for (const { timestamp, duration } of JSON.parse(zipkin(batch, {}))) assert.ok(timestamp >= 0 && timestamp + duration < 2 ** 63 / 1e3)
  }
})

test('ids of a link have the length that a collector takes: short ones are padded, as in headers; what is no id is no link', () => {
  const [traceId, spanId] = ['a3ce929d0e0e4736', '00f067aa0ba902b7']
  const ids = [[traceId, spanId], [traceId.toUpperCase(), 'B7'], ['f'.repeat(32), spanId], ['0'.repeat(32), '0'.repeat(16)],
    ['', ''], ['a'.repeat(33), spanId], [traceId, 'b'.repeat(17)], ['no hex', spanId], [traceId, 'no hex'], [7, 7]] as string[][]
  const links = ids.map(([traceId, spanId]) => ({ context: { traceId, spanId, traceFlags: 1, traceState: {} as any }, attributes: { why: 'batch' } }))
  opentelemetry.startSpan('at the start', { links }).end()
  const span = opentelemetry.startSpan('later')
  for (const link of links) span.addLink(link)
  span.end()
  const batch = ended.splice(0)
  for (const { links } of [...fromJson(JSON.parse(json(batch, {}))), ...fromProtobuf(protobuf(batch, {}))]) {
    assert.deepEqual(links.map(({ traceId, spanId, attributes }) => [traceId, spanId, attributes]), [
      ['0000000000000000a3ce929d0e0e4736', spanId], ['0000000000000000a3ce929d0e0e4736', '00000000000000b7'], ['f'.repeat(32), spanId], ['0'.repeat(32), '0'.repeat(16)]
    ].map(ids => [...ids, { why: 'batch' }]))
  }
})

test('no options are none, and no time is now', () => {
  const before = now()
  opentelemetry.startSpan('null', null).end()
  opentelemetry.startSpan('null', { startTime: null as any }).end()
  assert.deepEqual(ended.splice(0).map(({ name, startedAt }) => [name, startedAt >= before]), [['null', true], ['null', true]])
})
