import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, test } from 'node:test'
import { run } from '../helper'
import { relay } from '../relay'
import { readSettings } from '../../src/config'
import type { Sampling } from '../../src/index'
import { samplerOf, setSampling } from '../../src/sampling'
import { TraceId } from '../../src/trace/id'
import { bucket, limited } from '../../src/trace/limited'
import { byRules, type Rule } from '../../src/trace/rules'
import { alwaysOff, alwaysOn, parentBased, ratio, type Sampler } from '../../src/trace/sampler'
import type { Remote } from '../../src/trace/span'
import { strategy } from '../../src/trace/strategy'
import { root, traceWith } from '../../src/trace/tracer'

/** The share of 20,000 traces that a sampler takes. */
function share (sampler: Sampler, request = ''): number {
  let taken = 0
  for (let i = 0; i < 20_000; i++) if (sampler(TraceId.next(), undefined, request).sampled) taken++
  return taken / 20_000
}
const about = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 0.02, `${actual} is not about ${expected}`)
const wait = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

test('ratio: a share of all, told in tracestate and on the span, the same for everybody who sees the id', () => {
  for (const expected of [0, 0.1, 0.5, 1]) about(share(ratio(expected)), expected)
  assert.deepEqual(ratio(0.25)(TraceId.of('f'.repeat(32)), undefined, ''), { sampled: true, ot: 'th:c', notes: { 'sampler.type': 'probabilistic', 'sampler.param': 0.25 } })
  assert.deepEqual(ratio(1)(TraceId.of('0'.repeat(32)), undefined, ''), { sampled: true, ot: 'th:0', notes: { 'sampler.type': 'probabilistic', 'sampler.param': 1 } })
  // Who samples less takes a part of what the others take.
  for (let i = 0; i < 1000; i++) {
    const id = TraceId.next()
    if (ratio(0.2)(id, undefined, '').sampled) assert.ok(ratio(0.3)(id, undefined, '').sampled)
  }
})

test('parentBased: the caller decides, and where it left it to us the other does', () => {
  const id = TraceId.next()
  const from = { traceId: id.hex, spanId: '1'.repeat(16) }
  for (const top of [alwaysOn, alwaysOff]) {
    const sampler = parentBased(top)
    assert.equal(sampler(id, { ...from, sampled: true }, '').sampled, true)
    assert.equal(sampler(id, { ...from, sampled: false }, '').sampled, false)
    assert.equal(sampler(id, { ...from, sampled: undefined }, '').sampled, top === alwaysOn)
    assert.equal(sampler(id, undefined, '').sampled, top === alwaysOn)
  }
})

test('limited: so many a second, and no more than a second\'s worth at once', async () => {
  const take = bucket(100)
  const started = performance.now()
  let taken = 0
  do { for (let i = 0; i < 1000; i++) if (take()) taken++; await wait(20) } while (performance.now() - started < 300)
  for (let i = 0; i < 1000; i++) if (take()) taken++
  const seconds = (performance.now() - started) / 1000
  assert.ok(taken >= Math.floor(Math.min(seconds, 1) * 100) - 1 && taken <= Math.ceil(seconds * 100) + 100, `${taken} in ${seconds} s`)
  assert.equal(share(limited(0)), 0)
  assert.ok(share(limited(1)) <= 0.001)
})

test('rules: by method and path, the first that fits', () => {
  const rules: Rule[] = [
    { method: 'GET', path: '/health*', share: 0 }, { method: 'POST', path: '/orders/**', share: 1 }, { method: undefined, path: '/static/**', share: 0 }, { method: undefined, path: '*', share: 0.1 }]
  const sampler = byRules(rules, alwaysOn)
  const expected: Record<string, number> = { 'GET /healthz': 0, 'POST /healthz': 0.1, 'POST /orders': 1, 'POST /orders/7/items': 1, 'GET /orders/7': 0.1, 'GET /static/a/b.js': 0, '': 0.1 }
  for (const [request, part] of Object.entries(expected)) about(share(sampler, request), part)
  assert.equal(share(byRules([{ method: 'GET', path: '*', share: 0 }], alwaysOn), 'POST /x'), 1)
  assert.equal(share(byRules([{ method: 'GET', path: '*', share: 0 }], alwaysOn), 'GET /x'), 0)
  assert.equal(share(byRules([{ method: 'GET', path: '*', share: 0 }], alwaysOn), ''), 1)
})

test('setSampling: an application changes it while it runs; without the preload it does nothing', async () => {
  const { code, stdout, stderr, spans } = await run('resample.js')
  assert.equal(code, 0, stderr)
  assert.equal(stdout, '03, 02, 03, TypeError: setSampling: ratio is a number from 0 to 1, not 50, 03\n')
  assert.deepEqual(spans.filter(({ kind }) => kind === 'client').map(({ attributes }) => [attributes['sampler.type'], attributes['sampler.param']]),
    [[undefined, undefined], ['probabilistic', 1], ['probabilistic', 1]])
  assert.equal((await run('resample.js', { node: [] })).stdout, 'none, none, none, none\n')
})

describe('what a Jaeger collector says', () => {
  const of = (answer: unknown): Sampler => strategy(answer, 2000)!
  test('a share', () => {
    about(share(of({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: 0.3 } })), 0.3)
    about(share(of({ strategyType: 0, probabilisticSampling: { samplingRate: 1 } })), 1)
  })
  test('a rate', () => {
    const { notes } = [...Array(50)].map(() => of({ strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: 100 } })(TraceId.next(), undefined, '')).find(({ sampled }) => sampled)!
    assert.deepEqual(notes, { 'sampler.type': 'ratelimiting', 'sampler.param': 100 })
  })
  test('operations go before all: by route, by path, by method; each has some a second for sure', () => {
    const operations = (least: number): Sampler => of({
      strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: 1 },
      operationSampling: {
        defaultSamplingProbability: 0, defaultLowerBoundTracesPerSecond: least,
        perOperationStrategies: [['GET /orders/:id', 0.5], ['GET /users/{id}/*', 0.25], ['GET /health', 0], ['POST', 1]].map(([operation, samplingRate]) => ({ operation, probabilisticSampling: { samplingRate } }))
      }
    })
    const sampler = operations(0)
    const expected: Record<string, number> = { 'GET /orders/7': 0.5, 'GET /orders/7/items': 0, 'GET /users/1/mail': 0.25, 'GET /health': 0, 'POST /whatever': 1, 'PUT /x': 0, '': 0 }
    for (const [request, part] of Object.entries(expected)) about(share(sampler, request), part)
    const sure = operations(1000)
    const notes = [...Array(2000)].map(() => sure(TraceId.of('0'.repeat(32)), undefined, 'GET /health')).find(({ sampled }) => sampled)!.notes
    assert.deepEqual(notes, { 'sampler.type': 'lowerbound', 'sampler.param': 0 })
  })
  test('null stands for nothing, and for an empty list: so Go writes them', () => {
    about(share(of({ operationSampling: { defaultSamplingProbability: 0.5, defaultLowerBoundTracesPerSecond: null, perOperationStrategies: null } })), 0.5)
  })
  test('no more operations than allowed', () => {
    const perOperationStrategies = ['GET /a', 'GET /b'].map(operation => ({ operation, probabilisticSampling: { samplingRate: 1 } }))
    const sampler = strategy({ operationSampling: { defaultSamplingProbability: 0, perOperationStrategies } }, 1)!
    assert.deepEqual([share(sampler, 'GET /a'), share(sampler, 'GET /b')], [1, 0])
  })
  for (const answer of [null, 'x', {}, [], { strategyType: 'RATE_LIMITING' }, { probabilisticSampling: { samplingRate: 50 } }, { probabilisticSampling: { samplingRate: '0.5' } },
    { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: -1 } }, { operationSampling: {} },
    { operationSampling: { defaultSamplingProbability: 0.1, perOperationStrategies: [{ operation: 'x' }] } }]) {
    test(`makes no sense: ${JSON.stringify(answer)}`, () => assert.equal(strategy(answer, 2000), undefined))
  }
})

describe('setSampling', () => {
  /** The share of 1,000 new traces that is sampled. */
  const now = (request = '', from?: Remote): number => {
    let taken = 0
    for (let i = 0; i < 1000; i++) if (root('server', 'test', from, false, request).trace.sampled) taken++
    return taken / 1000
  }
  const CALLER = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), sampled: true }
  beforeEach(() => traceWith(samplerOf(readSettings()), undefined))

  test('what is left out stays, and a caller\'s decision holds', () => {
    setSampling({ ratio: 0 })
    assert.deepEqual([now(), now('GET /a'), now('', CALLER)], [0, 0, 1])
    setSampling({ rules: 'GET /a=1' })
    assert.deepEqual([now(), now('GET /a')], [0, 1])
    setSampling({ ratio: 1 })
    setSampling({ rules: 'GET /a=0' })
    assert.deepEqual([now(), now('GET /a'), now('', { ...CALLER, sampled: false })], [1, 0, 0])
    setSampling({ rules: '' })
    assert.deepEqual([now(), now('GET /a')], [1, 1])
    setSampling({ ratio: 0.5, rules: '/b=0' })
    assert.ok(Math.abs(now('GET /a') - 0.5) < 0.1)
    assert.equal(now('GET /b'), 0)
    setSampling({})
    assert.equal(now('GET /b'), 0)
  })
  const wrong: Array<[unknown, RegExp]> = [
    [{ ratio: 50 }, /^setSampling: ratio is a number from 0 to 1, not 50$/], [{ ratio: '0.1' }, /ratio is/], [{ ratio: NaN }, /ratio is/], [{ ratio: null }, /ratio is/],
    [{ ratio: 0, rules: 'nonsense' }, /^setSampling: rules are pairs of .*, not nonsense$/], [{ rules: ['*=0'] }, /rules are/], [{ rules: '*=2' }, /rules are/],
    [{ share: 0 }, /^setSampling takes \{ ratio, rules \}, not share$/], [undefined, /not undefined$/], [0.1, /not 0\.1$/]]
  for (const [changes, message] of wrong) {
    test(`a TypeError, and nothing is changed: ${JSON.stringify(changes)}`, () => {
      assert.throws(() => setSampling(changes as Sampling), { name: 'TypeError', message })
      assert.equal(now(), 1)
    })
  }
})

test('jaeger_remote: it is asked for, followed, and kept while the answers are bad; nobody traces the questions', async () => {
  const asked: string[] = []
  let say = (): [number, string] => [200, JSON.stringify({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: 1 } })]
  const server = createServer((req, res) => {
    asked.push(`${req.url} ${req.headers.traceparent ?? ''}`)
    const [status, body] = say()
    res.writeHead(status).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const app = await relay({ OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote', OTEL_TRACES_SAMPLER_ARG: `endpoint=http://127.0.0.1:${port},pollingIntervalMs=50,initialSamplingRate=0`, OTEL_SERVICE_NAME: 'a b', OTEL_LOG_LEVEL: 'none' })
  const sampled = async (): Promise<boolean> => (await app.pass({})).traceparent.endsWith('-03')
  const until = async (wanted: boolean): Promise<void> => {
    for (const end = Date.now() + 10_000; Date.now() < end; await wait(20)) if (await sampled() === wanted) return
    assert.fail(`the sampler has not become ${wanted}`)
  }
  let spans
  try {
    assert.equal(await sampled(), false, 'the first share holds until the collector has answered')
    await until(true)
    // A caller's decision holds.
    assert.match((await app.pass({ traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00` })).traceparent, /-00$/)
    for (const bad of [[500, '{}'], [200, 'no JSON'], [200, '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":7}}']] as Array<[number, string]>) {
      say = () => bad
      const before = asked.length
      while (asked.length < before + 3) { await wait(20); assert.equal(await sampled(), true, bad[1]) }
    }
    say = () => [200, JSON.stringify({ operationSampling: { defaultSamplingProbability: 0, defaultLowerBoundTracesPerSecond: 0, perOperationStrategies: [] } })]
    await until(false)
  } finally {
    spans = await app.end()
    server.closeAllConnections()
    server.close()
  }
  assert.ok(asked.every(line => line === '/sampling?service=a+b '), asked[0])
  assert.ok(spans.length > 0 && spans.every(span => span.attributes['server.port'] !== port && span.attributes['url.path'] !== '/sampling'))
  const [entry] = spans.filter(span => span.kind === 'server')
  assert.deepEqual([entry.attributes['sampler.type'], entry.attributes['sampler.param']], ['probabilistic', 1])
  assert.ok(spans.filter(span => span.kind === 'client').every(span => span.attributes['sampler.type'] === undefined))
})

test('jaeger_remote: it is asked for by the name that jaeger-client is given', async () => {
  const server = createServer((req, res) => { asked.push(req.url!); res.end('{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}') })
  const asked: string[] = []
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const JAEGER_SAMPLING_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sampling`
  await run('jaeger-named.js', { env: { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_REFRESH_INTERVAL: '20', JAEGER_SAMPLING_ENDPOINT, OTEL_LOG_LEVEL: 'none' } })
  server.closeAllConnections()
  server.close()
  assert.deepEqual([...new Set(asked)], ['/sampling?service=orders'])
})

describe('settings', () => {
  /** What becomes of three requests under these variables: sampled or not. */
  async function taken (env: Record<string, string>, paths: Array<'http' | 'fetch' | 'proxy'> = ['http', 'fetch', 'proxy']): Promise<boolean[]> {
    const app = await relay({ OTEL_LOG_LEVEL: 'none', ...env })
    const found = []
    try { for (const path of paths) found.push(/-0[13]$/.test((await app.pass({}, undefined, path)).traceparent)) } finally { await app.end() }
    return found
  }
  const cases: Array<[Record<string, string>, boolean[]]> = [
    [{}, [true, true, true]],
    [{ AUTOSPAN_SAMPLE: 'GET /ht*=0, POST /fetch=0, *=1', OTEL_TRACES_SAMPLER: 'always_off' }, [false, true, true]],
    [{ AUTOSPAN_SAMPLE: '/fetch=1', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [false, true, false]],
    [{ AUTOSPAN_SAMPLE: 'nonsense' }, [true, true, true]],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, [false, false, false]],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '50' }, [true, true, true]],
    [{ OTEL_TRACES_SAMPLER: 'ratelimiting', OTEL_TRACES_SAMPLER_ARG: '0' }, [false, false, false]],
    [{ JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '0' }, [false, false, false]],
    [{ JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '0', OTEL_TRACES_SAMPLER: 'always_on' }, [true, true, true]],
    [{ JAEGER_SAMPLER_TYPE: 'probabilistic', JAEGER_SAMPLER_PARAM: '0' }, [false, false, false]]
  ]
  for (const [env, expected] of cases) test(JSON.stringify(env), async () => assert.deepEqual(await taken(env), expected))

  test('a percentage is told to be none', async () => {
    const { stderr, spans } = await run('http.js', { env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '50' } })
    assert.match(stderr, /^autospan: OTEL_TRACES_SAMPLER_ARG=50 is ignored: it takes a share from 0 to 1 \(50 % is 0\.5\); 1 is used$/m)
    assert.ok(spans.length > 0)
  })
  test('Jaeger\'s const is told on the first span of a trace', async () => {
    const { spans } = await run('http.js', { env: { JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '1' } })
    for (const span of spans) {
      const expected = span.parentSpanId === '' ? ['const', true] : [undefined, undefined]
      assert.deepEqual([span.attributes['sampler.type'], span.attributes['sampler.param']], expected, span.name)
    }
  })
})
