import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, protobuf } from '../../src/export/otlp'
import { zipkin } from '../../src/export/zipkin'
import { extract, inject, propagateWith } from '../../src/propagation'
import type { Headers } from '../../src/propagation/propagator'
import { tracer, type Span } from '../../src/api/opentracing'
import { valueOf } from '../../src/trace/baggage'
import { root } from '../../src/trace/tracer'
import { span } from '../export/spans'

const FORMATS = ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'ottrace', 'xray']
const TRACE = '463ac35c9f6413ad48485a3953bb6124'
const SPAN = 'a2fb4a1d1a96d312'
const MIB = 1 << 20

test('what comes from outside is bounded, whatever its length', () => {
  propagateWith(FORMATS, { trustDebug: true, sharedSpans: false })
  const traceparent = `00-${TRACE}-${SPAN}-01`
  // Too many members, or one that is too long: the state is gone, the trace is not.
  for (const tracestate of [Array.from({ length: 33 }, (_, i) => `k${i}=v`).join(','), `k=${'v'.repeat(257)}`, `${'k'.repeat(257)}=v`, 'k=v,'.repeat(MIB / 4), 'x'.repeat(MIB)]) {
    const remote = extract({ traceparent, tracestate })
    assert.deepEqual([remote!.traceId, remote!.state], [TRACE, undefined])
  }
  for (const [headers, items] of [
    [{ baggage: Array.from({ length: 1000 }, (_, i) => `k${i}=v`).join(',') }, 64],
    [{ baggage: `a=${'x'.repeat(MIB)},b=1` }, 1],
    [{ baggage: 'a=1,'.repeat(MIB / 4) }, 1],
    [{ 'jaeger-baggage': Array.from({ length: 1000 }, (_, i) => `k${i}=v`).join(',') }, 64],
    [Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`uberctx-k${i}`, 'v'])), 64],
    [Object.fromEntries([['ot-tracer-traceid', TRACE], ['ot-tracer-spanid', SPAN], ['ot-tracer-sampled', 'true'], ...Array.from({ length: 1000 }, (_, i) => [`ot-baggage-k${i}`, 'x'.repeat(1000)])]), 8]
  ] as Array<[Headers, number]>) {
    const { baggage } = extract(headers)!
    assert.equal(baggage!.length, items)
    assert.ok(baggage!.map(({ key, text }) => `${key}=${text}`).join(',').length <= 8192)
  }
  assert.equal(extract({ 'jaeger-debug-id': 'x'.repeat(MIB) })!.debugId!.length, 256)
  for (const field of ['traceparent', 'b3', 'x-b3-traceid', 'uber-trace-id', 'x-amzn-trace-id', 'ot-tracer-traceid']) {
    for (const piece of ['0', 'a', '-', ':', '%', 'Root=', ';', '00-', ',', ' ']) assert.equal(extract({ [field]: piece.repeat(MIB / piece.length), 'x-b3-spanid': SPAN, 'ot-tracer-spanid': SPAN, 'ot-tracer-sampled': '1' }), undefined, field)
  }
})

test('no key of a stranger is a key of ours: __proto__, constructor, prototype', () => {
  const before = [Object.prototype, Array.prototype, Function.prototype].map(of => Reflect.ownKeys(of).length)
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__']
  propagateWith(FORMATS, { trustDebug: true, sharedSpans: false })
  for (const key of keys) {
    const headers: Headers = Object.fromEntries([['traceparent', `00-${TRACE}-${SPAN}-01`], ['tracestate', 'a=b'], ['baggage', `${key}=polluted,${key}.polluted=1`], [`uberctx-${key}`, 'polluted'],
      [`ot-baggage-${key}`, 'polluted'], ['jaeger-baggage', `${key}=polluted`], [key, 'polluted']])
    const remote = extract(headers)!
    assert.ok(remote.baggage!.some(item => item.key === key && valueOf(item) === 'polluted'), key)
    const ours = root('server', 'test', remote)
    const carrier: Record<string, string> = {}
    inject(ours, carrier, (carrier, name, value) => { carrier[name] = value })
    assert.ok(carrier.baggage.includes(`${key}=polluted`))
    assert.equal(Object.getPrototypeOf(carrier), Object.prototype)

    const hostile = JSON.parse(`{"${key}": "polluted", "list": ["polluted"]}`)
    ours.setAttribute(key, ['polluted']).setAttributes(hostile).addEvent('e', hostile).addLink({ context: { traceId: TRACE, spanId: SPAN }, attributes: hostile })
    ours.end()
    assert.deepEqual(Object.getOwnPropertyDescriptor(ours.attributes, key)?.value, 'polluted')
    const told = span({ attributes: ours.attributes, events: ours.events, links: ours.links })
    for (const text of [json([told], { 'service.name': 'shop' }), String(protobuf([told], { 'service.name': 'shop' })), zipkin([told], { 'service.name': 'shop' })]) assert.ok(text.includes(key))

    const traced: Span = tracer.startSpan('x', { tags: hostile })
    traced.setTag(key, 'polluted').setBaggageItem(key, 'polluted').log(hostile)
    assert.equal(traced.getBaggageItem(key), 'polluted')
    traced.finish()
  }
  assert.deepEqual([Object.prototype, Array.prototype, Function.prototype].map(of => Reflect.ownKeys(of).length), before)
  assert.equal(({} as any).polluted, undefined)
  assert.equal(Object.getPrototypeOf({}), Object.prototype)
})

test('OpenTracing\'s baggage: a value is cut as by Jaeger\'s client, and what has no room takes no other with it', () => {
  const one = tracer.startSpan('x').setBaggageItem('small', 'v')
  assert.equal(one.setBaggageItem('long', 'v'.repeat(9000)).getBaggageItem('long'), 'v'.repeat(2048))
  for (const key of ['longer', 'larger']) one.setBaggageItem(key, 'v'.repeat(2048))
  assert.equal(one.setBaggageItem('small', 'v'.repeat(2048)).getBaggageItem('small'), 'v')
  assert.equal(one.setBaggageItem('no name', 'v').getBaggageItem('no name'), undefined)
  one.finish()
})
