import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, protobuf, rejections } from '../../src/export/otlp'
import { TraceId } from '../../src/trace/id'
import { Trace, type Span } from '../../src/trace/span'
import { fromJson, fromProtobuf, type Seen } from '../collector'
import { span } from './spans'

const resource = { 'service.name': 'shop', 'process.pid': 4711 }
/** What both forms say, which must be the same. */
function seen (...spans: Array<ReturnType<typeof span>>): Seen[] {
  const [inJson, inProtobuf] = [fromJson(JSON.parse(json(spans, resource))), fromProtobuf(protobuf(spans, resource))]
  assert.deepEqual(inProtobuf, inJson)
  return inProtobuf
}
const described = (attributes: Record<string, any>): Span['attributes'] => attributes
const attributesOf = (attributes: Record<string, any>): Record<string, unknown> => seen(span({ attributes }))[0].attributes

test('ids, times, kinds, flags, scopes, resource', () => {
  const trace = new Trace(TraceId.of('0af7651916cd43dd8448eb211c80319c'), true, false, 'a=1,b=2')
  const server = span({ trace, parent: 'b7ad6b7169203331', remote: true, kind: 'server', scope: 'http', name: 'GET /users/:id' })
  const client = span({ trace, parent: server.id, kind: 'client', scope: 'pg', startedAt: 1_700_000_000_001, endedAt: 1_700_000_000_001.999 })
  const [first, second] = seen(server, client)
  assert.deepEqual({ ...first, resource: undefined }, {
    traceId: '0af7651916cd43dd8448eb211c80319c', spanId: server.id, parentSpanId: 'b7ad6b7169203331', name: 'GET /users/:id', kind: 'server',
    startedAt: 1_700_000_000_000_250_000n, endedAt: 1_700_000_000_012_750_000n, attributes: {}, status: { code: 0, message: undefined },
    events: [], links: [], dropped: { attributes: 0, events: 0, links: 0 }, scope: 'autospan/http', scopeVersion: '0.1.0', flags: 0x301, traceState: 'a=1,b=2', resource: undefined
  })
  assert.deepEqual(first.resource, { 'service.name': 'shop', 'process.pid': 4711 })
  assert.equal(second.scope, 'autospan/pg')
  assert.equal(second.flags, 0x101)
  assert.equal(second.endedAt, 1_700_000_000_001_999_023n)   // the nearest that a double can say
  assert.equal(seen(span())[0].flags, 0x103)
})

test('kinds', () => {
  for (const kind of ['internal', 'server', 'client', 'producer', 'consumer'] as const) assert.equal(seen(span({ kind }))[0].kind, kind)
})

test('times before and after that of the first span in a batch', () => {
  const at = 1_700_000_000_000
  const times = seen(...[at, at - 86_400_000.5, at + 86_400_000.5, 0, at + 4294.967296].map(startedAt => span({ startedAt }))).map(({ startedAt }) => startedAt)
  assert.deepEqual(times, [1_700_000_000_000_000_000n, 1_699_913_599_999_500_000n, 1_700_086_400_000_500_000n, 0n, 1_700_000_004_294_967_285n])
})

test('numbers: whole ones as integers, the rest as doubles', () => {
  const numbers = [0, 1, 127, 128, 16383, 16384, 2 ** 21, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -128, -(2 ** 31), Number.MIN_SAFE_INTEGER,
    0.5, -0.5, 1e300, 2 ** 60, Number.MIN_VALUE, Infinity, -Infinity, NaN]
  assert.deepEqual(attributesOf(Object.fromEntries(numbers.map((value, i) => [`n${i}`, value]))), Object.fromEntries(numbers.map((value, i) => [`n${i}`, value])))
  const { resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] } = JSON.parse(json([span({ attributes: { 'autospan.a': 3, 'autospan.b': 3.5 } })], resource))
  assert.deepEqual(attributes, [{ key: 'autospan.a', value: { intValue: '3' } }, { key: 'autospan.b', value: { doubleValue: 3.5 } }])
})

test('texts: empty, long, in every script, of every length about the edges of the encoding', () => {
  const texts: Record<string, string> = { empty: '', umlaut: 'Grüße', japanese: '東京都', emoji: '👩‍👩‍👧 ok', nul: 'a\0b', huge: 'ä'.repeat(300_000) }
  for (const length of [1, 60, 61, 62, 63, 64, 65, 66, 120, 126, 127, 128, 129, 16383, 16384]) texts[`ascii${length}`] = 'x'.repeat(length)
  assert.deepEqual(attributesOf(texts), texts)
  for (const [key, value] of Object.entries(texts)) assert.equal(seen(span({ name: value }))[0].name, value, key)
  for (const length of [1, 40, 50, 51, 52, 53, 54, 55, 56, 60, 107, 108, 109, 110, 111, 112, 120, 127, 128, 200]) {
    const key = 'k'.repeat(length)
    assert.deepEqual(attributesOf({ [key]: 'x'.repeat(64), [`${key}n`]: 99, [`${key}ü`]: true }), { [key]: 'x'.repeat(64), [`${key}n`]: 99, [`${key}ü`]: true })
  }
  assert.deepEqual(attributesOf({ half: 'a\ud800b' }), { half: 'a\ufffdb' })
})

test('half of a character becomes the sign for what cannot be read, wherever the application may have put it', () => {
  const half = 'a\ud800b'
  const whole = 'a\ufffdb'
  const told = span({
    name: half,
    scope: { name: half, version: half },
    attributes: described({ [half]: [half] }),
    status: { code: 'error', message: half },
    events: [{ name: half, at: 1_700_000_000_001, attributes: { [half]: half } }],
    links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', state: half, attributes: { [half]: half } }]
  })
  const [{ name, scope, scopeVersion, attributes, status, events: [event], links: [link] }] = seen(told)
  assert.deepEqual([name, scope, scopeVersion, attributes, status.message, event.name, event.attributes, link.traceState, link.attributes],
    [whole, whole, whole, { [whole]: [whole] }, whole, whole, { [whole]: whole }, whole, { [whole]: whole }])
  // Whoever parses JSON in another language may not take an escape for half of a character, nor null among the values of a list.
  assert.doesNotMatch(json([told, span({ attributes: described({ hole: Object.assign([], { 2: 'x' }) }) })], resource), /\\ud8|null/)
})

test('truth values, arrays, and what is not told', () => {
  const told = { yes: true, no: false, texts: ['a', '', 'ü'.repeat(100)], numbers: [1, -2, 0.5], flags: [true, false], none: [] }
  assert.deepEqual(attributesOf({ ...told, undefined, null: null, object: {}, call () {}, big: 1n }), told)
  assert.deepEqual(attributesOf({ gap: ['a', null, undefined, 'b'] }), { gap: ['a', undefined, undefined, 'b'] })
})

test('events, links, dropped counts', () => {
  const [told] = seen(span({
    events: [{ name: 'cache miss', at: 1_700_000_000_001.5, attributes: { key: 'user:1', tries: 2 }, dropped: 1 }, { name: '', at: 1_700_000_000_002, attributes: undefined }],
    links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', state: 'a=1', attributes: { why: 'batch' }, dropped: 300 }],
    dropped: { attributes: 1, events: 200, links: 3 }
  }))
  assert.deepEqual(told.events, [
    { name: 'cache miss', at: 1_700_000_000_001_500_000n, attributes: { key: 'user:1', tries: 2 }, dropped: 1 }, { name: '', at: 1_700_000_000_002_000_000n, attributes: {} }])
  assert.deepEqual(told.links, [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceState: 'a=1', attributes: { why: 'batch' }, dropped: 300 }])
  assert.deepEqual(told.dropped, { attributes: 1, events: 200, links: 3 })
})

test('a failed span: status, error.type, the event', () => {
  const error = Object.assign(new TypeError('no such user'), { code: 'E_USER' })
  const [told] = seen(span({ error }))
  assert.deepEqual(told.status, { code: 2, message: 'no such user' })
  assert.equal(told.attributes['error.type'], 'E_USER')
  assert.deepEqual(told.events, [{
    name: 'exception', at: told.endedAt, attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such user', 'exception.stacktrace': error.stack }
  }])
  assert.deepEqual(seen(span({ error: '500', attributes: { 'error.type': '500' } }))[0].attributes, { 'error.type': '500' })
  assert.deepEqual(seen(span({ status: { code: 'ok', message: undefined } }))[0].status, { code: 1, message: undefined })
})

test('who made a span: a patch of ours, our own calls, or whoever made it by an API, who need not tell his version', () => {
  const shop = { name: '@acme/shop', version: '1.2.3' }
  const told = seen(span({ scope: 'pg' }), span({ scope: 'autospan' }), span({ scope: shop }), span({ scope: { name: 'jobs', version: undefined } }), span({ scope: shop }))
  assert.deepEqual(told.map(({ scope, scopeVersion }) => [scope, scopeVersion]),
    [['autospan/pg', '0.1.0'], ['autospan', '0.1.0'], ['@acme/shop', '1.2.3'], ['@acme/shop', '1.2.3'], ['jobs', undefined]])
})

test('one batch, many scopes, a buffer that grows', () => {
  const spans = Array.from({ length: 2000 }, (_, i) => span({ scope: `patch${i % 5}`, name: `span ${i}`, attributes: { 'url.path': `/things/${i}`.repeat(i % 40) } }))
  const told = seen(...spans)
  assert.deepEqual(told.map(({ spanId }) => spanId).sort(), spans.map(({ id }) => id).sort())
})

test('what comes again, in other places, after other values, and beside other keys', () => {
  const object = {}
  const list = ['a', 1.5]
  const texts = ['', 'x', 'ü', ...[90, 1010, 2000].map(length => 'y'.repeat(length))]
  const values = [...texts, 1, '1', true, 1.5, NaN, -1, 0, list, object].flatMap(value => [value, value, 'x'])
  const spans = values.flatMap((value, i) => [
    span({ name: 'the same', attributes: described({ first: 'always', value, [`key${i % 3}`]: value, last: 7 }) }),
    span({
      name: i % 4 === 0 ? 'another' : 'the same',
      scope: `patch${i % 2}`,
      attributes: described({ last: 7, value, first: 'always' }),
      events: [{ name: 'the same', at: 1_700_000_000_001, attributes: { 'service.name': 'shop', value } }],
      links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', state: undefined, attributes: { value } }]
    })
  ])
  const told = new Map(seen(...spans).map(one => [one.spanId, one]))
  for (const { id, name, attributes } of spans) {
    assert.equal(told.get(id)!.name, name)
    assert.deepEqual(told.get(id)!.attributes, Object.fromEntries(Object.entries(attributes).filter(([, value]) => value as unknown !== object)))
  }
})

test('a batch that could not be encoded leaves nothing for the next one, nor does one change another', () => {
  const fine = span({ name: 'fine', attributes: described({ a: 'one', b: 2 }) })
  const before = protobuf([fine], resource)
  const hostile = span({ name: 'fine', attributes: described({ a: 'one', get b (): never { throw new Error('no') } }) })
  assert.throws(() => protobuf([span({ name: 'longer', attributes: described({ c: 'three' }) }), hostile], resource), /no/)
  const after = protobuf([fine], resource)
  protobuf([span({ name: 'other', attributes: described({ a: 'two', b: 3 }) })], { 'service.name': 'elsewhere' })
  assert.deepEqual(after, before)
  assert.deepEqual(fromProtobuf(after)[0].attributes, { a: 'one', b: 2 })
})

test('what a collector answers to a batch that it took in part', () => {
  const answer = (type: string, body: Uint8Array) => rejections({ status: 200, type, retryAfter: undefined, body })
  const { opentelemetry: { proto } } = require('@opentelemetry/otlp-transformer/build/src/generated/root')
  const response = proto.collector.trace.v1.ExportTraceServiceResponse
  const encoded = (told: unknown): Uint8Array => response.encode(response.fromObject(told)).finish()
  assert.deepEqual(answer('application/x-protobuf', encoded({ partialSuccess: { rejectedSpans: 300, errorMessage: 'quota' } })), { rejected: 300, why: 'quota' })
  assert.deepEqual(answer('application/json', Buffer.from('{"partialSuccess":{"rejectedSpans":"3","errorMessage":"quota"}}')), { rejected: 3, why: 'quota' })
  for (const body of [Buffer.alloc(0), encoded({}), encoded({ partialSuccess: {} }), Buffer.from([0xff, 0xff, 0xff]), Buffer.from('<html>')]) {
    assert.equal(answer('application/x-protobuf', body), undefined)
    assert.equal(answer('application/json', body), undefined)
  }
})
