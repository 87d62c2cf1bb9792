import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { agent, collector, type Collector } from './collector'

// What others send is what the collector of the tests reads: each form by an encoder that is neither its own nor autospan's.

const post = (url: string, type: string, body: string | Buffer): Promise<number> => new Promise((resolve, reject) => {
  request(url, { method: 'POST', headers: { 'content-type': type } }, answer => answer.resume().on('end', () => resolve(answer.statusCode!))).on('error', reject).end(body)
})
async function taken (path: string, type: string, body: string | Buffer): Promise<Collector['spans']> {
  const sink = await collector(() => 202)
  assert.equal(await post(`${sink.url}${path}`, type, body), 202)
  await sink.close()
  return sink.spans
}

const told = { name: 'get', kind: 'server', traceId: '463ac35c9f6413ad48485a3953bb6124', spanId: 'a2fb4a1d1a96d312', parentSpanId: '0020000000000001', startedAt: 1_700_000_000_000_000_000n, endedAt: 1_700_000_000_012_500_000n }
const heart = ({ name, kind, traceId, spanId, parentSpanId, startedAt, endedAt }: Collector['spans'][number]): typeof told => ({ name, kind, traceId, spanId, parentSpanId, startedAt, endedAt })

test('Zipkin v1 and v2 in JSON', async () => {
  // By Zipkin's own library for Node.
  const { jsonEncoder, model, TraceId, option } = require('zipkin')
  const span = new model.Span(new TraceId({ traceId: told.traceId, spanId: told.spanId, parentId: new option.Some(told.parentSpanId), sampled: new option.Some(true) }))
  span.setName(told.name)
  span.setKind('SERVER')
  span.setLocalEndpoint(new model.Endpoint({ serviceName: 'shop', ipv4: '10.0.0.7', port: 80 }))
  span.setTimestamp(1_700_000_000_000_000)
  span.setDuration(12_500)
  span.putTag('http.path', '/users')
  span.addAnnotation(1_700_000_000_001_000, 'cache miss')
  for (const [path, encoder] of [['/api/v1/spans', jsonEncoder.JSON_V1], ['/api/v2/spans', jsonEncoder.JSON_V2]] as const) {
    const [seen] = await taken(path, 'application/json', `[${encoder.encode(span)}]`)
    assert.deepEqual(heart(seen), told, path)
    assert.deepEqual([seen.resource['service.name'], seen.attributes['http.path'], seen.events.map(({ name, at }) => [name, at])], ['shop', '/users', [['cache miss', 1_700_000_000_001_000_000n]]])
  }
})

test('Zipkin v1 in Thrift', async () => {
  // By thriftrw.
  const { Thrift } = require('thriftrw')
  const bufrw = require('bufrw')
  const zipkin = new Thrift({ source: readFileSync(join(dirname(require.resolve('jaeger-client')), 'jaeger-idl/thrift/zipkincore.thrift'), 'utf8'), strict: false })
  const long = (hex: string): Buffer => Buffer.from(hex, 'hex')
  const micros = (at: number): Buffer => { const bytes = Buffer.alloc(8); bytes.writeBigInt64BE(BigInt(at)); return bytes }
  const host = new zipkin.Endpoint({ ipv4: 0x0a000007, port: 80, service_name: 'shop' })
  const span = new zipkin.Span({
    trace_id: long(told.traceId.slice(16)), id: long(told.spanId), parent_id: long(told.parentSpanId), name: told.name, debug: false,
    annotations: [[1_700_000_000_000_000, 'sr'], [1_700_000_000_012_500, 'ss'], [1_700_000_000_001_000, 'cache miss']].map(([at, value]) => new zipkin.Annotation({ timestamp: micros(at as number), value, host })),
    binary_annotations: [new zipkin.BinaryAnnotation({ key: 'http.path', value: Buffer.from('/users'), annotation_type: 'STRING', host })],
    timestamp: micros(1_700_000_000_000_000), duration: micros(12_500)
  })
  const list = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), bufrw.toBuffer(zipkin.Span.rw, span)])
  const [seen] = await taken('/api/v1/spans', 'application/x-thrift', list)
  // Its ids have 64 bits.
  assert.deepEqual(heart(seen), { ...told, traceId: told.traceId.slice(16).padStart(32, '0') })
  assert.deepEqual([seen.resource['service.name'], seen.attributes['http.path'], seen.events.map(({ name }) => name)], ['shop', '/users', ['cache miss']])
})

test('Jaeger\'s Thrift, by UDP and by HTTP', async () => {
  // By Jaeger's own client for Node, which speaks the binary protocol to its agent and to its collector.
  const { initTracer } = require('jaeger-client')
  const [sink, packets] = [await collector(() => 202), await agent('binary')]
  for (const reporter of [{ agentHost: '127.0.0.1', agentPort: packets.port }, { collectorEndpoint: `${sink.url}/api/traces` }]) {
    const tracer = initTracer({ serviceName: 'shop', sampler: { type: 'const', param: 1 }, reporter })
    const parent = tracer.startSpan('get', { tags: { 'span.kind': 'server', 'http.path': '/users' } })
    tracer.startSpan('query', { childOf: parent }).log({ event: 'cache miss' }).finish()
    parent.finish()
    await new Promise<void>(resolve => tracer.close(resolve))
  }
  for (let i = 0; i < 100 && packets.spans.length < 2; i++) await new Promise(resolve => setTimeout(resolve, 20))
  for (const spans of [packets.spans, sink.spans]) {
    const [parent, child] = [spans.find(({ name }) => name === 'get')!, spans.find(({ name }) => name === 'query')!]
    assert.equal(spans.length, 2)
    assert.deepEqual([parent.kind, parent.attributes['http.path'], parent.parentSpanId, parent.resource['service.name']], ['server', '/users', '', 'shop'])
    assert.deepEqual([child.traceId, child.parentSpanId, child.events.map(({ name }) => name)], [parent.traceId, parent.spanId, ['cache miss']])
  }
  packets.close()
  await sink.close()
})
