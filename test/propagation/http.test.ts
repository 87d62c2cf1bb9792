import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relay, type Raw, type Relay } from '../relay'

const T = '463ac35c9f6413ad48485a3953bb6124'
const S = 'a2fb4a1d1a96d312'
const P = '0020000000000001'

/** A test with a relay of its own, under these settings; `rest` sees the spans that it sent. */
const relayed = (name: string, env: Record<string, string>, body: (relay: Relay) => Promise<void>, rest?: (spans: Awaited<ReturnType<Relay['end']>>) => void): void => {
  test(name, async () => {
    const app = await relay(env)
    let spans: Awaited<ReturnType<Relay['end']>> = []
    try { await body(app) } finally { spans = await app.end() }
    rest?.(spans)
  })
}

relayed('W3C, as the official suite asks for it', {}, async ({ pass }) => {
  const ask = async (...raw: string[]): Promise<{ traceId: string, spanId: string, flags: number, state: string | undefined }> => {
    const { traceparent, tracestate } = await pass(raw)
    const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent)!
    return { traceId, spanId, flags: parseInt(flags, 16), state: tracestate }
  }
  assert.match((await ask()).traceId, /[1-9a-f]/)
  assert.equal((await ask()).flags, 3, 'our own ids are random, and sampled')
  for (const name of ['traceparent', 'TraceParent', 'TRACEPARENT']) {
    const { traceId, spanId, flags } = await ask(name, `00-${T}-${S}-01`)
    assert.deepEqual([traceId, flags], [T, 1])
    assert.notEqual(spanId, S)
  }
  for (const name of ['trace-parent', 'trace.parent']) assert.notEqual((await ask(name, `00-${T}-${S}-01`)).traceId, T)
  assert.equal((await ask('traceparent', `\t 00-${T}-${S}-02 \t`)).flags, 2)
  assert.equal((await ask('traceparent', `cc-${T}-${S}-01-what-the-future-will-be-like`)).traceId, T)
  for (const broken of [`00-${T}-${S}-01-x`, `ff-${T}-${S}-01`, `00-${T}-${S}-1`, `00-${'0'.repeat(32)}-${S}-01`, `00-${T}-${'0'.repeat(16)}-01`]) {
    assert.notEqual((await ask('traceparent', broken, 'tracestate', 'foo=1')).traceId, T)
    assert.equal((await ask('traceparent', broken, 'tracestate', 'foo=1')).state, undefined)
  }
  assert.notEqual((await ask('traceparent', `00-${T}-${S}-01`, 'traceparent', `00-${T}-${S}-01`)).traceId, T, 'two of them start a new trace')
  const state = async (...values: string[]): Promise<string | undefined> =>
    (await ask('traceparent', `00-${T}-${S}-00`, ...values.flatMap(value => ['tracestate', value]))).state
  assert.equal(await state('foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'), 'foo=1,bar=2,rojo=1,congo=2,baz=3')
  assert.equal(await state('foo=1', ''), 'foo=1')
  assert.equal(await state('', 'foo=1'), 'foo=1')
  assert.equal(await state('foo=1 \t , \t bar=2'), 'foo=1,bar=2')
  assert.equal(await state('foo=1', 'foo=2'), 'foo=1,foo=2')
  assert.equal(await state('foo=1,FOO=2'), undefined)
  assert.equal(await state(...Array.from({ length: 33 }, (_, i) => `k${i}=1`)), undefined)
})

const CASES: Array<[about: string, headers: Raw, out: Record<string, RegExp | undefined>]> = [
  ['nobody', {}, { traceparent: /^00-(?!0{32}).{32}-.{16}-03$/, b3: /^.{32}-.{16}-1$/, 'uber-trace-id': /^.{32}:.{16}:.{16}:1$/ }],
  ['B3 deny', { b3: `${T}-${S}-0` }, { traceparent: new RegExp(`^00-${T}-.{16}-00$`), b3: new RegExp(`^${T}-.{16}-0$`), 'x-b3-sampled': /^0$/ }],
  ['a lone deny', { 'X-B3-Sampled': '0' }, { traceparent: /-02$/, b3: /-0$/, 'x-b3-sampled': /^0$/, 'uber-trace-id': /:0$/ }],
  ['debug', { 'X-B3-TraceId': T, 'X-B3-SpanId': S, 'X-B3-Flags': '1' }, { b3: new RegExp(`^${T}-.{16}-d$`), 'x-b3-flags': /^1$/, 'uber-trace-id': /:3$/ }],
  ['Jaeger with baggage', { 'uber-trace-id': `${T}%3A${S}%3A0%3A1`, 'uberctx-user': 'a+b' }, { b3: new RegExp(`^${T}-.{16}-1$`), 'uberctx-user': /^a\+b$/, baggage: /^user=a%20b$/ }],
  ['a broken first', { traceparent: 'broken', b3: `${T}-${S}-1` }, { traceparent: new RegExp(`^00-${T}-`) }],
  ['X-Ray', { 'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0' },
    { 'x-amzn-trace-id': /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=(?!53995c3f42cd8ad8).{16};Sampled=0$/ }]
]
relayed('several formats, and what is sent on', { OTEL_PROPAGATORS: 'tracecontext,baggage,b3,b3multi,jaeger,xray,B3,bogus' }, async ({ pass }) => {
  for (const [about, headers, expected] of CASES) {
    const out = await pass(headers)
    for (const [name, value] of Object.entries(expected)) assert.match(String(out[name]), value!, `${about}: ${name}`)
    // All of them name the same span.
    const id = /-(.{16})-..$/.exec(out.traceparent)![1]
    for (const name of ['b3', 'x-b3-spanid', 'uber-trace-id', 'x-amzn-trace-id']) assert.ok(out[name].includes(id), `${about}: ${name} names another span than ${id}`)
  }
})

relayed('none', { OTEL_PROPAGATORS: 'none' }, async ({ pass }) => {
  const out = await pass({ traceparent: `00-${T}-${S}-01`, baggage: 'a=1' })
  assert.deepEqual(Object.keys(out).sort(), ['connection', 'host'])
}, spans => assert.ok(spans.length > 0 && spans.every(span => span.traceId !== T)))

for (const how of ['http', 'fetch'] as const) {
  relayed(`${how}: a context of the application's own is neither overwritten nor doubled: it is the parent`, { OTEL_PROPAGATORS: 'tracecontext,b3,b3multi,jaeger' }, async ({ pass }) => {
    const own = { traceparent: `00-${T}-${S}-01`, 'x-b3-traceid': T, 'x-b3-spanid': S, 'uber-trace-id': `${T}:${S}:0:1` }
    const out = await pass({}, own, how)
    for (const [name, value] of Object.entries(own)) assert.equal(out[name], value)
    for (const name of ['b3', 'x-b3-sampled']) assert.ok(!(name in out), name)
  }, spans => assert.deepEqual(spans.filter(span => span.kind === 'client').map(span => [span.traceId, span.parentSpanId]), [[T, S]]))

  for (const [hosts, told] of [['*.internal,example.org', false], ['*.internal,127.*', true], ['', true]] as const) {
    relayed(`${how}: AUTOSPAN_PROPAGATE_TO=${hosts}: ${told ? 'told' : 'not told, but traced'}`, { AUTOSPAN_PROPAGATE_TO: hosts }, async ({ pass }) => {
      const out = await pass({ traceparent: `00-${T}-${S}-01`, baggage: 'a=1' }, {}, how)
      assert.equal('traceparent' in out, told)
      assert.equal('baggage' in out, told)
    }, spans => assert.deepEqual(spans.map(span => [span.kind, span.traceId]).sort(), [['client', T], ['server', T]]))
  }
}

relayed('a context of the application\'s own may bear the caller\'s id as that of the trace: Jaeger gives a root the id of its trace', { OTEL_PROPAGATORS: 'jaeger' }, async ({ pass }) => {
  const own = { 'uber-trace-id': `${S}:${P}:${S}:1` }
  assert.equal((await pass({ 'uber-trace-id': `${S}:${S}:0:1` }, own))['uber-trace-id'], own['uber-trace-id'])
}, spans => assert.deepEqual(spans.filter(span => span.kind === 'client').map(span => span.parentSpanId), [P]))

for (const how of ['proxy', 'array'] as const) {
  relayed(`a proxy that copies its headers is a link of the chain, not aside of it (${how})`, { OTEL_PROPAGATORS: 'tracecontext,b3,b3multi,jaeger' }, async ({ pass }) => {
    const headers = { traceparent: `00-${T}-${S}-01`, tracestate: 'a=1', b3: `${T}-${S}-1`, 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '1', 'uber-trace-id': `${T}:${S}:0:1` }
    const out = await pass(headers, undefined, how)
    const id = /^00-(.{32})-(.{16})-01$/.exec(out.traceparent)![2]
    assert.notEqual(id, S)
    assert.equal(out.b3, `${T}-${id}-1`)
    assert.equal(out['x-b3-spanid'], id)
    assert.match(out['uber-trace-id'], new RegExp(`^${T}:${id}:`))
    assert.equal(out.tracestate, 'a=1')
  }, spans => {
    const [client] = spans.filter(span => span.kind === 'client')
    const [server] = spans.filter(span => span.kind === 'server')
    assert.deepEqual([server.parentSpanId, client.parentSpanId], [S, server.spanId])
  })
}

for (const [about, formats, headers, names] of [
  ['a traceparent that is none', 'tracecontext', { traceparent: 'garbage' }, ['traceparent']],
  ['a tracestate alone', 'tracecontext', { tracestate: 'a=b' }, ['traceparent']],
  ['a lone debug', 'b3', { b3: 'd' }, ['b3']],
  ['a lone accept in the other form', 'b3', { 'x-b3-sampled': '1' }, ['b3', 'x-b3-spanid']],
  ['one header for several', 'b3multi', { b3: `${T}-${S}-1` }, ['b3', 'x-b3-spanid']],
  ['several for one header', 'b3', { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '1', 'x-b3-flags': '0' }, ['b3', 'x-b3-spanid']],
  ['formats that name two callers', 'b3,tracecontext', { b3: `${T}-${S}-1`, traceparent: `00-${T}-${P}-01` }, ['b3', 'traceparent']]
] as Array<[string, string, Record<string, string>, string[]]>) {
  for (const how of ['proxy', 'fetch'] as const) {
    relayed(`what a proxy copies names its own span: ${about} (${formats}, ${how})`, { OTEL_PROPAGATORS: formats }, async ({ pass }) => {
      const out = await pass(headers, how === 'proxy' ? undefined : headers, how)
      const [id] = /(?<=-)(?!0{16})[0-9a-f]{16}(?=-|$)/.exec(out[names[0]])!
      for (const name of names) assert.ok(out[name]?.includes(id) && id !== S && id !== P, `${name}: ${out[name]}`)
    }, spans => {
      const [client] = spans.filter(span => span.kind === 'client')
      const [server] = spans.filter(span => span.kind === 'server')
      assert.deepEqual([client.traceId, client.parentSpanId], [server.traceId, server.spanId])
    })
  }
}

relayed('a proxy that copies a parent in B3 tells of its own', { OTEL_PROPAGATORS: 'b3multi' }, async ({ pass }) => {
  const out = await pass({ 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-parentspanid': P, 'x-b3-sampled': '1' }, undefined, 'proxy')
  assert.ok(![S, P].includes(out['x-b3-parentspanid']), out['x-b3-parentspanid'])
})

relayed('AUTOSPAN_SHARED_SPANS: one span for both sides', { OTEL_PROPAGATORS: 'b3multi', AUTOSPAN_SHARED_SPANS: 'true' }, async ({ pass }) => {
  const out = await pass({ 'X-B3-TraceId': T, 'X-B3-SpanId': S, 'X-B3-ParentSpanId': P, 'X-B3-Sampled': '1' })
  assert.equal(out['x-b3-traceid'], T)
  assert.equal(out['x-b3-parentspanid'], S, 'what it sends on is a child of the span that it shares')
  assert.notEqual(out['x-b3-spanid'], S)
}, spans => assert.deepEqual(spans.filter(span => span.kind === 'server').map(span => [span.spanId, span.parentSpanId]), [[S, P]]))

relayed('AUTOSPAN_TRUST_DEBUG=false', { OTEL_PROPAGATORS: 'b3,jaeger', AUTOSPAN_TRUST_DEBUG: 'false', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, async ({ pass }) => {
  assert.match((await pass({ b3: 'd' })).b3, /-0$/)
  assert.match((await pass({ 'jaeger-debug-id': 'x' })).b3, /-0$/)
  assert.match((await pass({ 'uber-trace-id': `${T}:${S}:0:3` })).b3, /-1$/)
})

relayed('jaeger-debug-id', { OTEL_PROPAGATORS: 'jaeger', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, async ({ pass }) => {
  assert.match((await pass({ 'jaeger-debug-id': 'case 42' }))['uber-trace-id'], /:3$/)
  assert.match((await pass({}))['uber-trace-id'], /:0$/)
}, spans => assert.deepEqual(spans.map(span => [span.kind, span.attributes['jaeger-debug-id']]).sort(), [['client', undefined], ['server', 'case 42']]))
