import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, packets } from '../../src/export/jaeger'
import type { Protocol } from '../../src/export/thrift'
import { TraceId } from '../../src/trace/id'
import { Trace } from '../../src/trace/span'
import { agent, collector, type Agent, type Seen } from '../collector'
import { drawn, run, type Run } from '../helper'
import { fromJaeger, tagsOf } from '../jaeger'
import { freePort } from '../services'
import { batchOf, emitted } from '../thrift'
import { span } from './spans'

const PROTOCOLS: Protocol[] = ['binary', 'compact']
const resource = { 'service.name': 'shop', 'host.name': 'h', 'process.pid': 4711 }
type Told = ReturnType<typeof span>
/** What both protocols say, which must be the same: as the struct has it. */
function read (...spans: Told[]): any {
  const [binary, compact] = PROTOCOLS.map(protocol => batchOf(protocol, batch(protocol, spans, resource)))
  assert.deepEqual(compact, binary)
  // A tag has the one value that its type tells.
  for (const span of binary.spans) for (const tag of span.tags) assert.equal(Object.keys(tag).length, 3)
  return binary
}
const seen = (...spans: Told[]): Seen[] => fromJaeger(read(...spans))
const tags = (told: Parameters<typeof span>[0]): any => tagsOf(read(span(told)).spans[0].tags)

test('a span, field by field', () => {
  const trace = new Trace(TraceId.of('0af7651916cd43dd8448eb211c80319c'), true, true, undefined)
  const client = span({ trace, parent: 'b7ad6b7169203331', kind: 'client', scope: 'pg', name: 'SELECT users', attributes: { 'db.system.name': 'postgresql', 'server.port': 5432, 'db.namespace': undefined } })
  const { process, spans: [told] } = read(client)
  assert.deepEqual({ serviceName: process.serviceName, ...tagsOf(process.tags) }, { serviceName: 'shop', 'host.name': 'h', 'process.pid': 4711 })
  const [traceIdHigh, traceIdLow, spanId] = [0x0af7651916cd43ddn, BigInt.asIntN(64, 0x8448eb211c80319cn), BigInt.asIntN(64, 0xb7ad6b7169203331n)]
  assert.deepEqual({ ...told, tags: tagsOf(told.tags) }, {
    traceIdLow, traceIdHigh, spanId: BigInt.asIntN(64, BigInt(`0x${client.id}`)), parentSpanId: spanId, operationName: 'SELECT users',
    references: [{ refType: 0, traceIdLow, traceIdHigh, spanId }],
    flags: 1, startTime: 1_700_000_000_000_250n, duration: 12_500n,
    tags: {
      'db.system.name': 'postgresql', 'server.port': 5432, 'span.kind': 'client',
      'otel.scope.name': 'autospan/pg', 'otel.scope.version': '0.1.0', 'otel.library.name': 'autospan/pg', 'otel.library.version': '0.1.0'
    }
  })
  const [root] = read(span()).spans
  assert.deepEqual([root.parentSpanId, 'references' in root, 'logs' in root], [0n, false, false])
})

test('ids in every shape: the sign is a bit like any other', () => {
  for (const half of ['0000000000000001', '7fffffffffffffff', '8000000000000000', 'ffffffffffffffff', '00000000ffffffff', 'ffffffff00000000', '0123456789abcdef']) {
    const trace = new Trace(TraceId.of(`${half}${half}`), true, true, undefined)
    const [{ traceId, parentSpanId }] = seen(span({ trace, parent: half }))
    assert.deepEqual([traceId, parentSpanId], [`${half}${half}`, half])
  }
})

test('flags: sampled, debug, firehose', () => {
  const flags = (more: Partial<Trace>): number => read(span({ trace: Object.assign(new Trace(TraceId.of('0af7651916cd43dd8448eb211c80319c'), true, true, undefined), more) })).spans[0].flags
  assert.deepEqual([flags({}), flags({ debug: true }), flags({ firehose: true }), flags({ debug: true, firehose: true })], [1, 3, 9, 11])
})

test('a link is a reference that follows the parent', () => {
  const [{ parentSpanId, links }] = seen(span({
    parent: 'b7ad6b7169203331',
    links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00f067aa0ba902b7', state: 'a=1', attributes: { why: 'batch' } }, { traceId: 'ffffffffffffffffffffffffffffffff', spanId: 'ffffffffffffffff', state: undefined, attributes: undefined }]
  }))
  assert.equal(parentSpanId, 'b7ad6b7169203331')
  assert.deepEqual(links.map(({ traceId, spanId }) => [traceId, spanId]), [['0af7651916cd43dd8448eb211c80319c', '00f067aa0ba902b7'], ['ffffffffffffffffffffffffffffffff', 'ffffffffffffffff']])
})

test('tags keep their types: texts, truth values, whole numbers, the rest as doubles', () => {
  const attributes: any = {
    text: 'Grüße 👋', empty: '', yes: true, no: false, zero: 0, whole: 42, less: -42, largest: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, bit31: 2 ** 31, bit32: 2 ** 32, below: -(2 ** 32) - 1,
    half: 0.5, huge: 1e300, tiny: -Number.MIN_VALUE, inexact: 2 ** 60
  }
  const { 'otel.scope.name': _, 'otel.scope.version': __, 'otel.library.name': ___, 'otel.library.version': ____, ...told } = tags({ attributes })
  assert.deepEqual(told, attributes)
  const types = Object.fromEntries(read(span({ attributes })).spans[0].tags.map(({ key, vType }: any) => [key, vType]))
  assert.deepEqual([types.text, types.half, types.yes, types.whole, types.inexact], [0, 1, 2, 3, 1])
  const { none, nan, infinite, list, object } = tags({ attributes: { none: null, nan: NaN, infinite: -Infinity, list: ['a', 1, null], object: {} } as any })
  assert.deepEqual([none, nan, infinite, list, object], [undefined, 'NaN', '-Infinity', '["a",1,null]', undefined])
})

test('kinds', () => {
  for (const kind of ['server', 'client', 'producer', 'consumer'] as const) assert.equal(tags({ kind })['span.kind'], kind)
  assert.equal('span.kind' in tags({ kind: 'internal' }), false)
})

test('events are logs; a failed span has the tag `error`, once, another has it as the application set it', () => {
  const error = Object.assign(new TypeError('no such user'), { code: 'E_USER' })
  const [failed] = seen(span({ error, events: [{ name: 'cache miss', at: 1_700_000_000_001.5, attributes: { tries: 2 } }], attributes: { error: false } as any }))
  assert.deepEqual(failed.status, { code: 2, message: 'no such user' })
  assert.equal(failed.attributes['error.type'], 'E_USER')
  assert.deepEqual(failed.events, [
    { name: 'cache miss', at: 1_700_000_000_001_500_000n, attributes: { tries: 2 } },
    { name: 'exception', at: 1_700_000_000_012_750_000n, attributes: { 'exception.type': 'TypeError', 'exception.message': 'no such user', 'exception.stacktrace': error.stack } }])
  assert.equal(read(span({ error: '500', attributes: { error: false } as any })).spans[0].tags.filter(({ key }: any) => key === 'error').length, 1)
  assert.deepEqual(tags({ error: '500' })['otel.status_description'], undefined)
  assert.equal(tags({ status: { code: 'ok', message: undefined } })['otel.status_code'], 'OK')
  assert.equal('error' in tags({}), false)
  const [{ events }] = seen(span({ events: [{ name: 'named', at: 1, attributes: { event: 'told', x: 1 } }] }))
  assert.deepEqual([events[0].name, events[0].attributes], ['told', { x: 1 }])
})

test('what was dropped is counted', () => {
  const told = tags({ dropped: { attributes: 1, events: 0, links: 3 } })
  assert.deepEqual([told['otel.dropped_attributes_count'], told['otel.dropped_events_count'], told['otel.dropped_links_count']], [1, undefined, 3])
})

test('packets: none is larger than the agent takes, none smaller than need be, every span is in one', () => {
  for (const protocol of PROTOCOLS) {
    for (const limit of [65_000, 3000, 1200]) {
      const spans = Array.from({ length: 600 }, (_, i) => span({ name: `span ${i}`, attributes: { 'url.path': `/${'x'.repeat((i * 37) % 300)}` } }))
      const made = packets(protocol, spans, resource, limit)
      assert.equal(made.large, 0)
      const batches = made.packets.map(({ body }) => emitted(protocol, body))
      assert.deepEqual(batches.flatMap(batch => fromJaeger(batch).map(({ name }) => name)), spans.map(({ name }) => name))
      assert.deepEqual(made.packets.map(({ spans }) => spans), batches.map(batch => batch.spans.length))
      for (const { process } of batches) assert.equal(process.serviceName, 'shop')
      const sizes = made.packets.map(({ body }) => body.length)
      assert.ok(Math.max(...sizes) <= limit, `${Math.max(...sizes)}`)
      // The first span of the next packet had no room.
      sizes.slice(0, -1).forEach((size, i) => assert.ok(size + batch(protocol, [spans[made.packets.slice(0, i + 1).reduce((sum, { spans }) => sum + spans, 0)]], { 'service.name': '' }).length > limit))
    }
  }
})

test('a span that fits into no packet is left out and counted, to the byte', () => {
  for (const protocol of PROTOCOLS) {
    const of = (length: number): Told => span({ id: '1234567890abcdef', name: 'x'.repeat(length) })
    const around = packets(protocol, [of(60_000)], resource, 65_000).packets[0].body.length - 60_000
    const [fits, large] = [of(65_000 - around), of(65_001 - around)]
    const made = packets(protocol, [span(), large, fits, span()], resource, 65_000)
    assert.equal(made.large, 1)
    assert.deepEqual(made.packets.map(({ spans }) => spans), [1, 1, 1])
    assert.equal(made.packets[1].body.length, 65_000)
  }
})

// ---- from an application, by real sockets

const PICTURE = `
GET  client
  GET  server`.trim()
const told = (how: string, env: Run['env'] = {}, more: Run = {}): ReturnType<typeof run> =>
  run('ending.js', { ...more, env: { OTEL_TRACES_EXPORTER: 'jaeger', AUTOSPAN_JAEGER_PROTOCOL: how, OTEL_SERVICE_NAME: 'shop', ...env } })
async function withAgent<T> (protocol: Protocol, body: (agent: Agent) => Promise<T>): Promise<T> {
  const sink = await agent(protocol)
  try { return await body(sink) } finally { sink.close() }
}

for (const protocol of PROTOCOLS) {
  test(`udp/thrift.${protocol}: the spans arrive, at whatever end`, () => withAgent(protocol, async sink => {
    for (const [how, code] of [['natural', 0], ['exit', 3], ['throw', 1]] as const) {
      sink.spans.length = 0
      const outcome = await told(`udp/thrift.${protocol}`, { JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(sink.port) }, { args: [how] })
      assert.equal(drawn(sink.spans), PICTURE, outcome.stderr)
      assert.equal(sink.spans[0].resource['service.name'], 'shop')
      assert.equal(outcome.code, code)
      assert.doesNotMatch(outcome.stderr, /^autospan:/m)
    }
  }))
}

test('udp: a batch is split into packets of up to 65,000 bytes', () => withAgent('compact', async sink => {
  const { stderr } = await run('requests.js', { args: ['200'], env: { OTEL_TRACES_EXPORTER: 'jaeger', AUTOSPAN_JAEGER_PROTOCOL: 'udp/thrift.compact', JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(sink.port) } })
  assert.equal(new Set(sink.spans.map(({ spanId }) => spanId)).size, 400, stderr)
  assert.ok(sink.packets.length > 1)
  assert.ok(sink.packets.every(({ length }) => length <= 65_000))
}))

test('udp: nobody listens, which is one line, and the loss is told', async () => {
  const port = await freePort()
  for (const how of ['natural', 'exit']) {
    const { stderr } = await told('udp/thrift.binary', { JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(port) }, { args: [how] })
    assert.deepEqual(stderr.split('\n'), [
      `autospan: nobody listens at udp://127.0.0.1:${port}; JAEGER_AGENT_HOST and JAEGER_ENDPOINT name another Jaeger, AUTOSPAN_JAEGER_PROTOCOL how an older one is spoken to`,
      'autospan: lost of 2 spans: 2 jaeger expired', ''])
  }
})

test('udp: a span that is too large is one line, and counted', () => withAgent('compact', async sink => {
  const { stderr } = await told('udp/thrift.compact', { OTEL_SERVICE_NAME: 'x'.repeat(64_900), JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(sink.port) })
  assert.deepEqual(stderr.split('\n'), [
    `autospan: a span of more than 65000 bytes is dropped: it fits into no packet for udp://127.0.0.1:${sink.port} (OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)`,
    'autospan: lost of 2 spans: 2 jaeger large', ''])
}))

test('http/thrift.binary: to the collector, with Basic auth', async () => {
  const sink = await collector(() => 202)
  for (const how of ['natural', 'exit']) {
    sink.spans.length = 0
    const { stderr } = await told('http/thrift.binary', { JAEGER_ENDPOINT: `${sink.url}/api/traces`, JAEGER_USER: 'ann', JAEGER_PASSWORD: 'päss' }, { args: [how] })
    assert.equal(drawn(sink.spans), PICTURE, stderr)
    assert.equal(stderr, '')
  }
  const [{ url, headers }] = sink.requests
  assert.deepEqual([url, headers['content-type'], headers.authorization], ['/api/traces', 'application/x-thrift', `Basic ${Buffer.from('ann:päss').toString('base64')}`])
  assert.equal('traceparent' in headers, false)
  await told('http/thrift.binary', { OTEL_EXPORTER_JAEGER_ENDPOINT: `${sink.url}/api/traces`, JAEGER_ENDPOINT: 'http://127.0.0.1:1/api/traces' })
  assert.equal(sink.requests.at(-1)!.headers.authorization, undefined)
  await sink.close()
})

test('otlp: to the host that Jaeger\'s variables name, which is what they run today', async () => {
  const nobody = { OTEL_EXPORTER_OTLP_ENDPOINT: undefined, OTEL_TRACES_EXPORTER: 'jaeger' }
  const at = async (env: Run['env']): Promise<string | undefined> => /(?:nobody listens at|^autospan:) (\S+?);? (?:cannot|JAEGER|OTEL)/m.exec((await told('otlp', { ...nobody, ...env })).stderr)?.[1]
  assert.equal(await at({ JAEGER_ENDPOINT: 'http://127.0.0.2:14268/api/traces' }), 'http://127.0.0.2:4318/v1/traces')
  assert.equal(await at({ JAEGER_AGENT_HOST: '127.0.0.3' }), 'http://127.0.0.3:4318/v1/traces')
  assert.equal(await at({ OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.4', JAEGER_AGENT_HOST: '127.0.0.3' }), 'http://127.0.0.4:4318/v1/traces')
  assert.equal(await at({ JAEGER_AGENT_HOST: '::1' }), 'http://[::1]:4318/v1/traces')
  // The exporter `otlp` finds it, too, where OpenTelemetry's own variables name no other.
  assert.equal(await at({ OTEL_TRACES_EXPORTER: undefined, JAEGER_AGENT_HOST: '127.0.0.5' }), 'http://127.0.0.5:4318/v1/traces')
  assert.equal(await at({ OTEL_TRACES_EXPORTER: undefined, JAEGER_AGENT_HOST: '127.0.0.5', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.6:1' }), 'http://127.0.0.6:1/v1/traces')
})

test('an address that is none: it is said, and the other exporters go on', async () => {
  for (const [env, why] of [
    [{ AUTOSPAN_JAEGER_PROTOCOL: 'otlp', JAEGER_ENDPOINT: 'nonsense' }, 'Invalid URL nonsense'],
    [{ AUTOSPAN_JAEGER_PROTOCOL: 'otlp', JAEGER_ENDPOINT: 'jaeger:14268/api/traces' }, 'no URL of http or https: jaeger:14268/api/traces'],
    [{ AUTOSPAN_JAEGER_PROTOCOL: 'udp/thrift.compact', JAEGER_AGENT_HOST: 'a b' }, 'Invalid URL udp://a b:6831']
  ] as Array<[Run['env'], string]>) {
    const { stderr, spans } = await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'jaeger,otlp', ...env } })
    assert.deepEqual([stderr, spans.length], [`autospan: the exporter 'jaeger' cannot be used: ${why}\n`, 2])
  }
})

test('Jaeger\'s variables go last: the name of the service, tags, the switch', async () => {
  const { spans: [{ resource }] } = await run('ending.js', { env: { JAEGER_SERVICE_NAME: 'old', JAEGER_TAGS: 'team=a, zone=${ZONE:eu:1}, rack=${RACK:none}, gone=${GONE}, host.name=h', ZONE: 'us', OTEL_RESOURCE_ATTRIBUTES: 'host.name=mine' } })
  assert.deepEqual([resource['service.name'], resource.team, resource.zone, resource.rack, 'gone' in resource, resource['host.name']], ['old', 'a', 'us', 'none', false, 'mine'])
  assert.equal((await run('ending.js', { env: { JAEGER_SERVICE_NAME: 'old', OTEL_RESOURCE_ATTRIBUTES: 'service.name=new' } })).spans[0].resource['service.name'], 'new')
  assert.equal((await run('ending.js', { env: { JAEGER_TAGS: 'a=${NONE:x:y}' } })).spans[0].resource.a, 'x:y')
  assert.match((await run('ending.js', { env: { JAEGER_TAGS: 'a' } })).stderr, /^autospan: JAEGER_TAGS=a is ignored: /)
  assert.deepEqual((await run('ending.js', { env: { JAEGER_DISABLED: 'true' } })).spans, [])
  // Kubernetes sets it for a service of that name.
  assert.equal((await run('ending.js', { env: { JAEGER_AGENT_PORT: 'tcp://10.0.0.1:5775' } })).stderr, '')
})
