import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zipkin } from '../../src/export/zipkin'
import { TraceId } from '../../src/trace/id'
import { Trace } from '../../src/trace/span'
import { collector } from '../collector'
import { relay } from '../relay'
import { span } from './spans'

const encoded = (...spans: Array<ReturnType<typeof span>>): any[] => {
  const list = JSON.parse(zipkin(spans, { 'service.name': 'Shop', 'service.namespace': 'eu' }))
  for (const one of list) valid(one)
  return list
}

// The fields of zipkin2-api.yaml: what they are called, and what they hold. Nothing else is sent, and no null.
const ID = /^[0-9a-f]{16}$/
const ENDPOINT: Record<string, (value: any) => boolean> = {
  serviceName: value => typeof value === 'string' && value === value.toLowerCase(),
  ipv4: value => /^\d+(\.\d+){3}$/.test(value),
  ipv6: value => value.includes(':'),
  port: value => Number.isInteger(value) && value > 0
}
const FIELDS: Record<string, (value: any) => boolean> = {
  traceId: value => /^[0-9a-f]{32}$/.test(value),
  id: value => ID.test(value),
  parentId: value => ID.test(value),
  name: value => typeof value === 'string',
  kind: value => ['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].includes(value),
  timestamp: value => Number.isSafeInteger(value),
  duration: value => Number.isSafeInteger(value) && value >= 1,
  localEndpoint: value => fits(value, ENDPOINT),
  remoteEndpoint: value => fits(value, ENDPOINT),
  annotations: value => value.length > 0 && value.every((one: any) => fits(one, { timestamp: Number.isSafeInteger, value: (text: any) => typeof text === 'string' })),
  tags: value => Object.values(value).every(text => typeof text === 'string'),
  debug: value => value === true,
  shared: value => value === true
}
const fits = (value: any, fields: Record<string, (value: any) => boolean>): boolean => Object.keys(value).every(key => fields[key]?.(value[key]) === true)
function valid (one: any): void { for (const key of Object.keys(one)) assert.ok(FIELDS[key]?.(one[key]), `${key}: ${JSON.stringify(one[key])}`) }

test('a client span, whole', () => {
  const client = span({
    parent: 'b7ad6b7169203331', kind: 'client', scope: 'pg', name: 'SELECT users',
    attributes: { 'db.system.name': 'postgresql', 'server.address': 'DB.local', 'server.port': 5432, 'db.response.status_code': undefined, 'autospan.flag': true, 'autospan.list': ['a', 'b'] }
  })
  assert.deepEqual(encoded(client), [{
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736', id: client.id, parentId: 'b7ad6b7169203331', name: 'SELECT users', kind: 'CLIENT',
    timestamp: 1_700_000_000_000_250, duration: 12_500,
    localEndpoint: { serviceName: 'shop' }, remoteEndpoint: { serviceName: 'db.local', port: 5432 },
    tags: {
      'db.system.name': 'postgresql', 'server.address': 'DB.local', 'server.port': '5432', 'autospan.flag': 'true', 'autospan.list': '["a","b"]', 'service.namespace': 'eu',
      'otel.scope.name': 'autospan/pg', 'otel.scope.version': '0.1.0', 'otel.library.name': 'autospan/pg', 'otel.library.version': '0.1.0'
    }
  }])
})

test('kinds; an internal span has none; the shortest span takes a microsecond', () => {
  const kinds = encoded(...(['server', 'client', 'producer', 'consumer', 'internal'] as const).map(kind => span({ kind }))).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER', undefined])
  for (const kind of ['server', 'client', 'producer', 'consumer', 'internal'] as const) {
    for (const endedAt of [5, 5.0001, 5.0004]) assert.equal(encoded(span({ kind, startedAt: 5, endedAt }))[0].duration, 1)
  }
})

test('the other side, by rank', () => {
  const remote = (attributes: Record<string, any>, kind: any = 'client'): any => encoded(span({ kind, attributes }))[0].remoteEndpoint
  const all = { 'db.namespace': 'shop', 'network.peer.address': '10.0.0.7', 'network.peer.port': 6379, 'server.address': 'cache', 'peer.service': 'Redis' }
  assert.deepEqual(remote(all), { serviceName: 'redis', ipv4: '10.0.0.7', port: 6379 })
  assert.deepEqual(remote({ ...all, 'peer.service': undefined }), { serviceName: 'cache', ipv4: '10.0.0.7', port: 6379 })
  assert.deepEqual(remote({ 'network.peer.address': '::1', 'network.peer.port': 80 }), { serviceName: '::1', ipv6: '::1', port: 80 })
  assert.deepEqual(remote({ 'server.address': 'Cache', 'network.peer.address': '2001:db8::7' }), { serviceName: 'cache', ipv6: '2001:db8::7' })
  assert.deepEqual(remote({ 'server.address': 'cache', 'network.peer.address': '::ffff:10.0.0.7', 'network.peer.port': 0 }), { serviceName: 'cache', ipv4: '10.0.0.7' })
  assert.deepEqual(remote({ 'server.address': '10.0.0.9', 'server.port': 6379 }), { serviceName: '10.0.0.9', ipv4: '10.0.0.9', port: 6379 })
  assert.deepEqual(remote({ 'db.namespace': 'shop' }), { serviceName: 'shop' })
  assert.deepEqual(remote({ 'messaging.system': 'kafka', 'server.address': 'broker' }, 'producer'), { serviceName: 'broker' })
  assert.equal(remote({ 'autospan.other': 'x' }), undefined)
  for (const kind of ['server', 'consumer', 'internal']) assert.equal(remote(all, kind), undefined)
})

test('a failed span has the tag `error`, whether there is something to say or not; another has it never', () => {
  const tags = (told: Parameters<typeof span>[0]): any => encoded(span(told))[0].tags
  const { error, 'error.type': type, 'otel.status_code': status } = tags({ error: '500' })
  assert.deepEqual([error, type, status], ['', '500', 'ERROR'])
  assert.equal(tags({ error: new Error('broken') }).error, 'broken')
  assert.equal(tags({ status: { code: 'error', message: 'late' } }).error, 'late')
  assert.equal('error' in tags({ attributes: { error: false } as any }), false)
  assert.equal('otel.status_code' in tags({}), false)
  assert.equal(tags({ status: { code: 'ok', message: undefined } })['otel.status_code'], 'OK')
})

test('who made a span', () => {
  const [{ tags }] = encoded(span({ scope: { name: '@acme/shop', version: '1.2.3' } }))
  assert.deepEqual([tags['otel.scope.name'], tags['otel.scope.version'], tags['otel.library.name'], tags['otel.library.version']], ['@acme/shop', '1.2.3', '@acme/shop', '1.2.3'])
  const [unversioned] = encoded(span({ scope: { name: 'jobs', version: undefined } }))
  assert.equal(unversioned.tags['otel.scope.name'], 'jobs')
  assert.equal('otel.scope.version' in unversioned.tags, false)
})

test('events are annotations; what was dropped is counted', () => {
  const [{ annotations, tags }] = encoded(span({
    events: [{ name: 'cache miss', at: 1_700_000_000_001.5, attributes: { key: 'a', tries: 2 } }, { name: 'done', at: 1_700_000_000_002, attributes: undefined }],
    dropped: { attributes: 1, events: 0, links: 2 }
  }))
  assert.deepEqual(annotations, [{ timestamp: 1_700_000_000_001_500, value: '"cache miss": {"key":"a","tries":2}' }, { timestamp: 1_700_000_000_002_000, value: 'done' }])
  assert.equal(tags['otel.dropped_attributes_count'], '1')
  assert.equal(tags['otel.dropped_links_count'], '2')
  assert.equal('otel.dropped_events_count' in tags, false)
  const [failed] = encoded(span({ error: Object.assign(new Error('broken'), { stack: 'Error: broken\n at x' }) }))
  assert.deepEqual(failed.annotations, [{
    timestamp: 1_700_000_000_012_750, value: '"exception": {"exception.type":"Error","exception.message":"broken","exception.stacktrace":"Error: broken\\n at x"}'
  }])
})

test('debug', () => {
  const trace = Object.assign(new Trace(TraceId.of('4bf92f3577b34da6a3ce929d0e0e4736'), true, true, undefined), { debug: true })
  assert.equal(encoded(span({ trace }))[0].debug, true)
  assert.equal('debug' in encoded(span())[0], false)
})

// ---- from an application, to a collector

/** The spans that an application which passes one request on tells of it, by their kinds, and the headers of the request that it sent on. */
async function passed (headers: Record<string, string>, env: Record<string, string> = {}): Promise<{ server: any, client: any, sent: Record<string, string> }> {
  const sink = await collector(() => 202)
  const app = await relay({ OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${sink.url}/api/v2/spans`, OTEL_SERVICE_NAME: 'Shop', OTEL_PROPAGATORS: 'b3multi', ...env })
  const sent = await app.pass(headers)
  await app.end()
  await sink.close()
  const spans = sink.requests.flatMap(({ body }) => JSON.parse(String(body)))
  for (const one of spans) valid(one)
  assert.equal(spans.length, 2)
  const [server, client] = ['SERVER', 'CLIENT'].map(kind => spans.find(span => span.kind === kind))
  return { server, client, sent }
}
const B3 = { 'X-B3-TraceId': '463ac35c9f6413ad48485a3953bb6124', 'X-B3-SpanId': 'a2fb4a1d1a96d312', 'X-B3-ParentSpanId': '0020000000000001', 'X-B3-Sampled': '1' }

test('a server tells of a span of its own beneath its caller\'s', async () => {
  const { server, client, sent } = await passed(B3)
  assert.deepEqual([server.traceId, server.parentId, server.localEndpoint, 'shared' in server, 'debug' in server], [B3['X-B3-TraceId'], B3['X-B3-SpanId'], { serviceName: 'shop' }, false, false])
  assert.notEqual(server.id, B3['X-B3-SpanId'])
  assert.deepEqual([client.parentId, client.id, client.remoteEndpoint.ipv4], [server.id, sent['x-b3-spanid'], '127.0.0.1'])
})

test('with AUTOSPAN_SHARED_SPANS it tells of its caller\'s span, as the side that it shares', async () => {
  const { server, client, sent } = await passed(B3, { AUTOSPAN_SHARED_SPANS: 'true' })
  assert.deepEqual([server.traceId, server.id, server.parentId, server.shared], [B3['X-B3-TraceId'], B3['X-B3-SpanId'], B3['X-B3-ParentSpanId'], true])
  assert.deepEqual([client.parentId, 'shared' in client], [B3['X-B3-SpanId'], false])
  assert.deepEqual([sent['x-b3-spanid'], sent['x-b3-parentspanid']], [client.id, B3['X-B3-SpanId']])
  // The caller's span is the root of its trace.
  const { 'X-B3-ParentSpanId': _, ...top } = B3
  const root = await passed(top, { AUTOSPAN_SHARED_SPANS: 'true' })
  assert.deepEqual([root.server.id, 'parentId' in root.server, root.server.shared], [B3['X-B3-SpanId'], false, true])
})

test('a caller\'s debug flag is told of on every span', async () => {
  const { 'X-B3-Sampled': _, ...ids } = B3
  const { server, client, sent } = await passed({ ...ids, 'X-B3-Flags': '1' })
  assert.deepEqual([server.debug, client.debug, sent['x-b3-flags']], [true, true, '1'])
})
