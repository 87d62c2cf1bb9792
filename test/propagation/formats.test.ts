import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { extract, inherit, inject, propagateWith } from '../../src/propagation'
import { startedWith } from '../../src/propagation/fields'
import type { Choice, Headers } from '../../src/propagation/propagator'
import { bounded } from '../../src/trace/baggage'
import { alwaysOff, alwaysOn, parentBased } from '../../src/trace/sampler'
import { childOf, root, traceWith } from '../../src/trace/tracer'

const T = '463ac35c9f6413ad48485a3953bb6124'
const LOW = '48485a3953bb6124'
const S = 'a2fb4a1d1a96d312'
const P = '0020000000000001'

/** What a server that was asked with `headers` writes into what it sends; its new ids as {id} and {trace}. */
function sent (formats: string, headers: Headers, top: boolean, choice: Partial<Choice> = {}): Record<string, string> {
  propagateWith(formats.split(','), { trustDebug: true, sharedSpans: false, ...choice })
  traceWith(parentBased(top ? alwaysOn : alwaysOff), undefined)
  const remote = extract(headers)
  const span = root('server', 'test', remote)
  const { id } = span.trace
  const out: Record<string, string> = {}
  inject(span, out, (carrier, name, value) => { assert.ok(!(name in carrier), `${name} is written twice`); carrier[name] = value })
  for (const name in out) {
    if (span.id !== remote?.spanId) out[name] = out[name].replace(span.id, '{id}')
    if (id !== remote?.traceId) out[name] = out[name].replace(id, '{trace}').replace(`1-${id.slice(0, 8)}-${id.slice(8)}`, '1-{trace}').replace(id.slice(16), '{low}')
  }
  return out
}

/**
 * One row: what comes in, what goes out. Each is tried with a sampler that takes every trace and with one that takes none:
 * `{1|0}` stands where it is asked, which must be so only where the caller left it to us.
 */
type Row = [about: string, formats: string, headers: Headers, out: Record<string, string>, choice?: Partial<Choice>]
function rows (title: string, table: Row[]): void {
  describe(title, () => {
    for (const [about, formats, headers, out, choice] of table) {
      test(`${about} (${formats})`, () => {
        for (const top of [true, false]) {
          const expected = Object.fromEntries(Object.entries(out).map(([name, value]) => [name, value.replace(/\{(\w+)\|(\w+)\}/g, top ? '$1' : '$2')]))
          assert.deepEqual(sent(formats, headers, top, choice), expected)
        }
      })
    }
  })
}

rows('B3, one header', [
  ['nobody', 'b3', {}, { b3: '{trace}-{id}-{1|0}' }],
  ['accept', 'b3', { b3: `${T}-${S}-1` }, { b3: `${T}-{id}-1` }],
  ['accept, with a parent', 'b3', { b3: `${T}-${S}-1-${P}` }, { b3: `${T}-{id}-1` }],
  ['deny', 'b3', { b3: `${T}-${S}-0` }, { b3: `${T}-{id}-0` }],
  ['defer', 'b3', { b3: `${T}-${S}` }, { b3: `${T}-{id}-{1|0}` }],
  ['defer, with a parent', 'b3', { b3: `${T}-${S}-${P}` }, { b3: `${T}-{id}-{1|0}` }],
  ['debug', 'b3', { b3: `${T}-${S}-d` }, { b3: `${T}-{id}-d` }],
  ['debug, with a parent', 'b3', { b3: `${T}-${S}-d-${P}` }, { b3: `${T}-{id}-d` }],
  ['a lone deny', 'b3', { b3: '0' }, { b3: '{trace}-{id}-0' }],
  ['a lone accept', 'b3', { b3: '1' }, { b3: '{trace}-{id}-1' }],
  ['a lone debug', 'b3', { b3: 'd' }, { b3: '{trace}-{id}-d' }],
  ['64 bits go out as 64 bits', 'b3', { b3: `${LOW}-${S}-1` }, { b3: `${LOW}-{id}-1` }],
  ['64 bits, padded by somebody', 'b3', { b3: `0000000000000000${LOW}-${S}-1` }, { b3: `${LOW}-{id}-1` }],
  ['upper case', 'b3', { b3: `${T.toUpperCase()}-${S.toUpperCase()}-D` }, { b3: `${T}-{id}-d` }],
  ['a trace id of zeros', 'b3', { b3: `${'0'.repeat(32)}-${S}-1` }, { b3: '{trace}-{id}-{1|0}' }],
  ['a span id of zeros', 'b3', { b3: `${T}-${'0'.repeat(16)}-1` }, { b3: '{trace}-{id}-{1|0}' }],
  ['an id too short', 'b3', { b3: `${T.slice(1)}-${S}-1` }, { b3: '{trace}-{id}-{1|0}' }],
  ['a state that is none', 'b3', { b3: `${T}-${S}-2` }, { b3: '{trace}-{id}-{1|0}' }],
  ['nothing but a trace id', 'b3', { b3: T }, { b3: '{trace}-{id}-{1|0}' }],
  ['an empty header', 'b3', { b3: '' }, { b3: '{trace}-{id}-{1|0}' }],
  ['a parent that is none, as Envoy writes it', 'b3', { b3: `${T}-${S}-1--` }, { b3: `${T}-{id}-1` }],
  ['several headers are read, too', 'b3', { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '0' }, { b3: `${T}-{id}-0` }],
  ['one header goes before several', 'b3', { b3: `${T}-${S}-0`, 'x-b3-traceid': `f${T.slice(1)}`, 'x-b3-spanid': S, 'x-b3-sampled': '1' }, { b3: `${T}-{id}-0` }],
  ['a broken one hides not several', 'b3', { b3: 'broken', 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '1' }, { b3: `${T}-{id}-1` }],
  ['twice, joined by Node: the first', 'b3', { b3: `${T}-${S}-1, f${T.slice(1)}-${S}-0` }, { b3: `${T}-{id}-1` }],
  ['as an array', 'b3', { b3: [`${T}-${S}-1`] }, { b3: `${T}-{id}-1` }],
  ['debug from outside is not trusted: it defers', 'b3', { b3: `${T}-${S}-d` }, { b3: `${T}-{id}-{1|0}` }, { trustDebug: false }],
  ['a lone debug is not trusted', 'b3', { b3: 'd' }, { b3: '{trace}-{id}-{1|0}' }, { trustDebug: false }],
  ['shared: the caller\'s span goes on, with its parent', 'b3', { b3: `${T}-${S}-1-${P}` }, { b3: `${T}-${S}-1-${P}` }, { sharedSpans: true }],
  ['shared: a root', 'b3', { b3: `${T}-${S}-1` }, { b3: `${T}-${S}-1` }, { sharedSpans: true }],
  ['shared: nobody', 'b3', {}, { b3: '{trace}-{id}-{1|0}' }, { sharedSpans: true }]
])

const multi = (trace: string, span: string, sampled: string, more: Record<string, string> = {}): Record<string, string> =>
  ({ 'x-b3-traceid': trace, 'x-b3-spanid': span, 'x-b3-sampled': sampled, ...more })
rows('B3, several headers', [
  ['nobody', 'b3multi', {}, multi('{trace}', '{id}', '{1|0}')],
  ['accept', 'b3multi', multi(T, S, '1'), multi(T, '{id}', '1')],
  ['deny', 'b3multi', multi(T, S, '0'), multi(T, '{id}', '0')],
  ['true', 'b3multi', multi(T, S, 'true'), multi(T, '{id}', '1')],
  ['False', 'b3multi', multi(T, S, 'False'), multi(T, '{id}', '0')],
  ['defer', 'b3multi', { 'x-b3-traceid': T, 'x-b3-spanid': S }, multi(T, '{id}', '{1|0}')],
  ['defer, by an empty header', 'b3multi', multi(T, S, ''), multi(T, '{id}', '{1|0}')],
  ['a sampled that is none', 'b3multi', multi(T, S, 'constructor'), multi(T, '{id}', '{1|0}')],
  ['debug', 'b3multi', { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-flags': '1' }, multi(T, '{id}', '1', { 'x-b3-flags': '1' })],
  ['debug goes before deny', 'b3multi', multi(T, S, '0', { 'x-b3-flags': '1' }), multi(T, '{id}', '1', { 'x-b3-flags': '1' })],
  ['flags of 0, as aiozipkin sends them', 'b3multi', multi(T, S, '0', { 'x-b3-flags': '0' }), multi(T, '{id}', '0')],
  ['a sampled of 3, as Jaeger for Ruby sends it', 'b3multi', multi(T, S, '3'), multi(T, '{id}', '1', { 'x-b3-flags': '1' })],
  ['a parent of zeros, as Jaeger for Ruby sends it', 'b3multi', multi(T, S, '1', { 'x-b3-parentspanid': '0'.repeat(16) }), multi(T, '{id}', '1')],
  ['a parent that is none, as Envoy sends it', 'b3multi', multi(T, S, '1', { 'x-b3-parentspanid': '-' }), multi(T, '{id}', '1')],
  ['an empty parent', 'b3multi', multi(T, S, '1', { 'x-b3-parentspanid': '' }), multi(T, '{id}', '1')],
  ['a lone deny', 'b3multi', { 'x-b3-sampled': '0' }, multi('{trace}', '{id}', '0')],
  ['a lone accept', 'b3multi', { 'x-b3-sampled': '1' }, multi('{trace}', '{id}', '1')],
  ['a lone debug', 'b3multi', { 'x-b3-flags': '1' }, multi('{trace}', '{id}', '1', { 'x-b3-flags': '1' })],
  ['flags of 0 say nothing', 'b3multi', { 'x-b3-flags': '0' }, multi('{trace}', '{id}', '{1|0}')],
  ['half of the ids is nothing', 'b3multi', { 'x-b3-traceid': T, 'x-b3-sampled': '0' }, multi('{trace}', '{id}', '{1|0}')],
  ['64 bits', 'b3multi', multi(LOW, S, '1'), multi(LOW, '{id}', '1')],
  ['upper case', 'b3multi', multi(T.toUpperCase(), S.toUpperCase(), '1'), multi(T, '{id}', '1')],
  ['unpadded, as Jaeger for Node sends it', 'b3multi', multi('75733e28335dcd', '5733e28335dcd', '0'), multi('0075733e28335dcd', '{id}', '0')],
  ['too long', 'b3multi', multi(`1${T}`, S, '0'), multi('{trace}', '{id}', '{1|0}')],
  ['one header is read, too', 'b3multi', { b3: `${T}-${S}-d` }, multi(T, '{id}', '1', { 'x-b3-flags': '1' })],
  ['twice, joined by Node: the first', 'b3multi', multi(`${T}, f${T.slice(1)}`, `${S}, ${P}`, '1, 0'), multi(T, '{id}', '1')],
  ['debug is not trusted: what is sampled stays so', 'b3multi', multi(T, S, '0', { 'x-b3-flags': '1' }), multi(T, '{id}', '0'), { trustDebug: false }],
  ['shared', 'b3multi', multi(T, S, '1', { 'x-b3-parentspanid': P }), multi(T, S, '1', { 'x-b3-parentspanid': P }), { sharedSpans: true }],
  ['shared, a root', 'b3multi', multi(T, S, '1'), multi(T, S, '1'), { sharedSpans: true }]
])

const uber = (value: string, more: Headers = {}): Headers => ({ 'uber-trace-id': value, ...more })
const out = (value: string, more: Record<string, string> = {}): Record<string, string> => ({ 'uber-trace-id': value, ...more })
rows('Jaeger', [
  ['nobody', 'jaeger', {}, out('{trace}:{id}:0:{1|0}')],
  ['sampled', 'jaeger', uber(`${T}:${S}:0:1`), out(`${T}:{id}:${S}:1`)],
  ['not sampled', 'jaeger', uber(`${T}:${S}:${P}:0`), out(`${T}:{id}:${S}:0`)],
  ['debug', 'jaeger', uber(`${T}:${S}:0:3`), out(`${T}:{id}:${S}:3`)],
  ['debug alone is sampled, too', 'jaeger', uber(`${T}:${S}:0:2`), out(`${T}:{id}:${S}:3`)],
  ['firehose', 'jaeger', uber(`${T}:${S}:0:9`), out(`${T}:{id}:${S}:9`)],
  ['flags of two digits', 'jaeger', uber(`${T}:${S}:0:01`), out(`${T}:{id}:${S}:1`)],
  ['unpadded', 'jaeger', uber('abc:1f:0:1'), out('0000000000000abc:{id}:000000000000001f:1')],
  ['unpadded, more than 64 bits', 'jaeger', uber(`1${LOW}:1:0:1`), out(`0000000000000001${LOW}:{id}:0000000000000001:1`)],
  ['64 bits', 'jaeger', uber(`${LOW}:${S}:0:1`), out(`${LOW}:{id}:${S}:1`)],
  ['percent-encoded, as Jaeger for Ruby sends it', 'jaeger', uber(`${LOW}%3A${S}%3a0%3A1`), out(`${LOW}:{id}:${S}:1`)],
  ['upper case', 'jaeger', uber(`${T.toUpperCase()}:${S.toUpperCase()}:0:1`), out(`${T}:{id}:${S}:1`)],
  ['an empty parent', 'jaeger', uber(`${T}:${S}::1`), out(`${T}:{id}:${S}:1`)],
  ['a trace id of zero', 'jaeger', uber(`0:${S}:0:1`), out('{trace}:{id}:0:{1|0}')],
  ['a span id of zero', 'jaeger', uber(`${T}:0:0:1`), out('{trace}:{id}:0:{1|0}')],
  ['too long', 'jaeger', uber(`1${T}:${S}:0:1`), out('{trace}:{id}:0:{1|0}')],
  ['broken percent', 'jaeger', uber(`%zz${T}:${S}:0:1`), out('{trace}:{id}:0:{1|0}')],
  ['three parts', 'jaeger', uber(`${T}:${S}:1`), out('{trace}:{id}:0:{1|0}')],
  ['debug is not trusted: what is sampled stays so', 'jaeger', uber(`${T}:${S}:0:3`), out(`${T}:{id}:${S}:1`), { trustDebug: false }],
  ['debug alone is not trusted', 'jaeger', uber(`${T}:${S}:0:2`), out(`${T}:{id}:${S}:0`), { trustDebug: false }],
  ['a debug id', 'jaeger', { 'jaeger-debug-id': 'my case' }, out('{trace}:{id}:0:3')],
  ['a debug id counts only without a context', 'jaeger', uber(`${T}:${S}:0:0`, { 'jaeger-debug-id': 'x' }), out(`${T}:{id}:${S}:0`)],
  ['a debug id is not trusted', 'jaeger', { 'jaeger-debug-id': 'x' }, out('{trace}:{id}:0:{1|0}'), { trustDebug: false }],
  ['baggage goes on byte for byte', 'jaeger', uber(`${T}:${S}:0:1`, { 'uberctx-user': 'a+b%20c%C3%A9', 'uberctx-plain': 'x, y; "z"', 'uberctx-broken': '100%zz' }),
    out(`${T}:{id}:${S}:1`, { 'uberctx-user': 'a+b%20c%C3%A9', 'uberctx-plain': 'x, y; "z"', 'uberctx-broken': '100%zz' })],
  ['baggage without ids', 'jaeger', { 'uberctx-user': '1' }, out('{trace}:{id}:0:{1|0}', { 'uberctx-user': '1' })],
  ['baggage by hand, percent-encoded', 'jaeger', { 'jaeger-baggage': 'k=%E2%82%AC+1' }, out('{trace}:{id}:0:{1|0}', { 'uberctx-k': '%E2%82%AC%2B1' })],
  ['baggage by hand', 'jaeger', { 'jaeger-baggage': 'k1=v1, k2 = v 2 , broken, a=b=c' }, out('{trace}:{id}:0:{1|0}', { 'uberctx-k1': 'v1', 'uberctx-k2': 'v%202' })],
  ['baggage named like what every object has', 'jaeger', { 'uberctx-__proto__': 'x', 'uberctx-constructor': 'y' },
    out('{trace}:{id}:0:{1|0}', { ['uberctx-__proto__']: 'x', 'uberctx-constructor': 'y' })]
])

const ot = (trace: string, span: string, sampled: string, more: Record<string, string> = {}): Record<string, string> =>
  ({ 'ot-tracer-traceid': trace, 'ot-tracer-spanid': span, 'ot-tracer-sampled': sampled, ...more })
rows('OpenTracing', [
  ['nobody', 'ottrace', {}, ot('{low}', '{id}', '{true|false}')],
  ['sampled', 'ottrace', ot(LOW, S, 'true'), ot(LOW, '{id}', 'true')],
  ['sampled, 1', 'ottrace', ot(LOW, S, '1'), ot(LOW, '{id}', 'true')],
  ['not sampled', 'ottrace', ot(LOW, S, 'false'), ot(LOW, '{id}', 'false')],
  ['not sampled, 0', 'ottrace', ot(LOW, S, '0'), ot(LOW, '{id}', 'false')],
  ['unpadded', 'ottrace', ot('abc', '1f', 'True'), ot('0000000000000abc', '{id}', 'true')],
  ['128 bits: the low ones are told', 'ottrace', ot(T, S, 'true'), ot(LOW, '{id}', 'true')],
  ['no sampled is no context', 'ottrace', { 'ot-tracer-traceid': LOW, 'ot-tracer-spanid': S }, ot('{low}', '{id}', '{true|false}')],
  ['a sampled that is none', 'ottrace', ot(LOW, S, 'constructor'), ot('{low}', '{id}', '{true|false}')],
  ['baggage as it is', 'ottrace', ot(LOW, S, 'true', { 'ot-baggage-user': 'a b%+,=' }), ot(LOW, '{id}', 'true', { 'ot-baggage-user': 'a b%+,=' })],
  ['baggage without ids is none', 'ottrace', { 'ot-baggage-user': '1' }, ot('{low}', '{id}', '{true|false}')]
])

const X = '5759e988bd862e3fe1be46a994272793'
const amzn = (value: string): Record<string, string> => ({ 'x-amzn-trace-id': value })
rows('X-Ray', [
  ['nobody', 'xray', {}, amzn('Root=1-{trace};Parent={id};Sampled={1|0}')],
  ['sampled', 'xray', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'), amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled=1')],
  ['not sampled', 'xray', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0'), amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled=0')],
  ['asked', 'xray', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?'), amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled={1|0}')],
  ['defer', 'xray', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8'), amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled={1|0}')],
  ['other fields, another order, spaces', 'xray', amzn('Self=1-67891234-12456789abcdef012345678; Sampled=1; Lineage=a87bd80c:1|68fd508a:5; Parent=53995c3f42cd8ad8; Root=1-5759e988-bd862e3fe1be46a994272793'), amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled=1')],
  ['no parent is no context', 'xray', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'), amzn('Root=1-{trace};Parent={id};Sampled={1|0}')],
  ['another version', 'xray', amzn('Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'), amzn('Root=1-{trace};Parent={id};Sampled={1|0}')],
  ['into the others', 'xray,tracecontext,b3', amzn('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'),
    { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent={id};Sampled=1', traceparent: `00-${X}-{id}-01`, b3: `${X}-{id}-1` }]
])

rows('Several formats', [
  ['nobody: all name the same span', 'tracecontext,b3,b3multi,jaeger', {},
    { traceparent: '00-{trace}-{id}-0{3|2}', b3: '{trace}-{id}-{1|0}', ...multi('{trace}', '{id}', '{1|0}'), 'uber-trace-id': '{trace}:{id}:0:{1|0}' }],
  ['the first that is there is read', 'tracecontext,b3', { b3: `${T}-${S}-1` }, { traceparent: `00-${T}-{id}-01`, b3: `${T}-{id}-1` }],
  ['the first in order wins', 'b3,tracecontext', { traceparent: `00-f${T.slice(1)}-${S}-01`, b3: `${T}-${S}-0` }, { traceparent: `00-${T}-{id}-00`, b3: `${T}-{id}-0` }],
  ['a broken first hides not a valid second', 'tracecontext,jaeger', { traceparent: 'broken', 'uber-trace-id': `${T}:${S}:0:1` }, { traceparent: `00-${T}-{id}-01`, 'uber-trace-id': `${T}:{id}:${S}:1` }],
  ['ids go before a lone state', 'b3,tracecontext', { b3: '0', traceparent: `00-${T}-${S}-01` }, { b3: `${T}-{id}-1`, traceparent: `00-${T}-{id}-01` }],
  ['a lone state goes with baggage', 'baggage,b3', { b3: '0', baggage: 'a=1' }, { b3: '{trace}-{id}-0', baggage: 'a=1' }],
  ['a debug id goes before ids of nobody', 'jaeger,tracecontext', { 'jaeger-debug-id': 'x', traceparent: `00-${T}-${S}-00` }, { 'uber-trace-id': `${T}:{id}:${S}:0`, traceparent: `00-${T}-{id}-00` }],
  ['64 bits in W3C', 'b3,tracecontext', { b3: `${LOW}-${S}-1` }, { b3: `${LOW}-{id}-1`, traceparent: `00-0000000000000000${LOW}-{id}-01` }],
  ['baggage of Jaeger in W3C', 'jaeger,baggage', { 'uberctx-user': 'a+b%2Cc', 'uberctx-x': '100%' }, out('{trace}:{id}:0:{1|0}', { 'uberctx-user': 'a+b%2Cc', 'uberctx-x': '100%', baggage: 'user=a%20b%2Cc,x=100%25' })],
  ['baggage of W3C in Jaeger and OpenTracing', 'baggage,jaeger,ottrace', { baggage: 'user=a+b%20c;meta=1, k = v' },
    { baggage: 'user=a+b%20c;meta=1,k=v', ...out('{trace}:{id}:0:{1|0}', { 'uberctx-user': 'a%2Bb%20c', 'uberctx-k': 'v' }), ...ot('{low}', '{id}', '{true|false}', { 'ot-baggage-user': 'a+b c', 'ot-baggage-k': 'v' }) }],
  ['what OpenTracing cannot write is left out', 'baggage,ottrace', { baggage: 'a=%0d%0aset-cookie:x,b=1' }, { baggage: 'a=%0d%0aset-cookie:x,b=1', ...ot('{low}', '{id}', '{true|false}', { 'ot-baggage-b': '1' }) }],
  ['baggage of both, once', 'baggage,jaeger', { baggage: 'a=1,b=2', 'uberctx-b': '3', 'uberctx-c': '4' }, { baggage: 'a=1,b=2,c=4', ...out('{trace}:{id}:0:{1|0}', { 'uberctx-a': '1', 'uberctx-b': '2', 'uberctx-c': '4' }) }]
])

const state = (...members: string[]): Headers => ({ traceparent: `00-${T}-${S}-00`, tracestate: members.join(', ') })
const kept = (tracestate?: string): Record<string, string> => ({ traceparent: `00-${T}-{id}-00`, ...(tracestate === undefined ? {} : { tracestate }) })
const fresh = { traceparent: '00-{trace}-{id}-0{3|2}' }
const many = (count: number): string => Array.from({ length: count }, (_, i) => `bar${i}=${i}`).join(',')
rows('W3C trace context', [
  ['nobody', 'tracecontext', {}, fresh],
  ['sampled', 'tracecontext', { traceparent: `00-${T}-${S}-01` }, { traceparent: `00-${T}-{id}-01` }],
  ['not sampled', 'tracecontext', { traceparent: `00-${T}-${S}-00` }, { traceparent: `00-${T}-{id}-00` }],
  ['random', 'tracecontext', { traceparent: `00-${T}-${S}-02` }, { traceparent: `00-${T}-{id}-02` }],
  ['sampled and random', 'tracecontext', { traceparent: `00-${T}-${S}-03` }, { traceparent: `00-${T}-{id}-03` }],
  ['flags that nobody knows yet', 'tracecontext', { traceparent: `00-${T}-${S}-ff` }, { traceparent: `00-${T}-{id}-03` }],
  ['two headers', 'tracecontext', { traceparent: `00-${T}-${S}-01, 00-${T}-${S}-01` }, fresh],
  ['two headers in an array', 'tracecontext', { traceparent: [`00-${T}-${S}-01`, `00-${T}-${S}-01`] }, fresh],
  ['version 00 ends after its flags', 'tracecontext', { traceparent: `00-${T}-${S}-01-what-the-future-will-be-like` }, fresh],
  ['version 00 and a dot', 'tracecontext', { traceparent: `00-${T}-${S}-01.` }, fresh],
  ['version cc', 'tracecontext', { traceparent: `cc-${T}-${S}-01` }, { traceparent: `00-${T}-{id}-01` }],
  ['version cc goes on', 'tracecontext', { traceparent: `cc-${T}-${S}-01-what-the-future-will-be-like` }, { traceparent: `00-${T}-{id}-01` }],
  ['version cc goes on after a dot', 'tracecontext', { traceparent: `cc-${T}-${S}-01.what-the-future-will-be-like` }, fresh],
  ...[`ff-${T}-${S}-01`, `.0-${T}-${S}-01`, `0.-${T}-${S}-01`, `000-${T}-${S}-01`, `0000-${T}-${S}-01`, `0-${T}-${S}-01`, `00-${'0'.repeat(32)}-${S}-01`,
    `00-.${T.slice(1)}-${S}-01`, `00-${T.slice(1)}.-${S}-01`, `00-${T}3-${S}-01`, `00-${T.slice(1)}-${S}-01`, `00-${T}-${'0'.repeat(16)}-01`,
    `00-${T}-.${S.slice(1)}-01`, `00-${T}-${S.slice(1)}.-01`, `00-${T}-${S}7-01`, `00-${T}-${S.slice(1)}-01`, `00-${T}-${S}-.0`, `00-${T}-${S}-0.`,
    `00-${T}-${S}-001`, `00-${T}-${S}-1`, `00-${T.toUpperCase()}-${S}-01`, ''].map((traceparent): Row => [`'${traceparent}'`, 'tracecontext', { traceparent }, fresh]),
  ...[' X', '\tX', 'X ', 'X\t', '\t X \t'].map((text): Row =>
    [`white space: ${JSON.stringify(text)}`, 'tracecontext', { traceparent: text.replace('X', `00-${T}-${S}-01`) }, { traceparent: `00-${T}-{id}-01` }]),
  ['tracestate without traceparent', 'tracecontext', { tracestate: 'foo=1' }, fresh],
  ['tracestate', 'tracecontext', state('foo=1,bar=2'), kept('foo=1,bar=2')],
  ['an empty one', 'tracecontext', state(''), kept()],
  ['an empty one behind', 'tracecontext', state('foo=1', ''), kept('foo=1')],
  ['an empty one before', 'tracecontext', state('', 'foo=1'), kept('foo=1')],
  ['several headers, in order', 'tracecontext', state('foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'), kept('foo=1,bar=2,rojo=1,congo=2,baz=3')],
  ['several in an array', 'tracecontext', { traceparent: `00-${T}-${S}-00`, tracestate: ['foo=1', 'bar=2'] }, kept('foo=1,bar=2')],
  ['the same key twice', 'tracecontext', state('foo=1,foo=2'), kept('foo=1,foo=2')],
  ['every character of a key', 'tracecontext', state('0123456789abcdefghijklmnopqrstuvwxyz_-*/@=1'), kept('0123456789abcdefghijklmnopqrstuvwxyz_-*/@=1')],
  ['every character of a value', 'tracecontext', state('a= !"#$%&\'()*+-./0123456789:;<>?@AZ[\\]^_`az{|}~'), kept('a= !"#$%&\'()*+-./0123456789:;<>?@AZ[\\]^_`az{|}~')],
  ['white space about members', 'tracecontext', state('foo=1 \t , \t bar=2, \t baz=3'), kept('foo=1,bar=2,baz=3')],
  ['white space about all', 'tracecontext', state('\t foo=1 \t'), kept('foo=1')],
  ...['foo =1', 'FOO=1', 'foo.bar=1', '@foo=1,bar=2', 'foo=bar=baz', 'foo=,bar=3', 'foo', '=1', 'foo=1\u00e9', `${'z'.repeat(257)}=1,foo=1`, `foo=${'v'.repeat(257)}`, many(33)]
    .map((tracestate): Row => [`dropped: ${tracestate.slice(0, 20)}`, 'tracecontext', state(tracestate), kept()]),
  ...['foo@=1,bar=2', 'foo@@bar=1,bar=2', 'foo@bar@baz=1,bar=2', `foo=1,${'z'.repeat(256)}=1`, `foo=1,${'t'.repeat(242)}@v=1`, `foo=${'v'.repeat(256)}`, many(32)]
    .map((tracestate): Row => [`kept: ${tracestate.slice(0, 20)}`, 'tracecontext', state(tracestate), kept(tracestate)])
])

const items = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',')
rows('W3C baggage', [
  ['as it came', 'baggage', { baggage: 'user=a%20b;private;ttl=3,key=%E2%82%AC' }, { baggage: 'user=a%20b;private;ttl=3,key=%E2%82%AC' }],
  ['white space about items', 'baggage', { baggage: ' a = 1 ; p , b=2 ' }, { baggage: 'a=1 ; p,b=2' }],
  ['an item that is none costs only itself', 'baggage', { baggage: 'a=1,broken,=2,k ey=3,u=\u20ac,b=4' }, { baggage: 'a=1,b=4' }],
  ['an empty value', 'baggage', { baggage: 'a=,b=1' }, { baggage: 'a=,b=1' }],
  ['the same key twice: the last', 'baggage', { baggage: 'a=1,b=2,a=3' }, { baggage: 'a=3,b=2' }],
  ['nothing', 'baggage', { baggage: '' }, {}],
  ['several headers', 'baggage', { baggage: ['a=1', 'b=2'] }, { baggage: 'a=1,b=2' }],
  ['64 items', 'baggage', { baggage: items(64) }, { baggage: items(64) }],
  ['65 items', 'baggage', { baggage: items(65) }, { baggage: items(64) }],
  ['8,192 bytes', 'baggage', { baggage: `a=${'x'.repeat(8187)},b=` }, { baggage: `a=${'x'.repeat(8187)},b=` }],
  ['8,193 bytes', 'baggage', { baggage: `a=${'x'.repeat(8187)},b=1` }, { baggage: `a=${'x'.repeat(8187)}` }],
  ['what every object has', 'baggage', { baggage: '__proto__=1,constructor=2' }, { baggage: '__proto__=1,constructor=2' }]
])

test('the span of a trace that somebody looks for bears the value of jaeger-debug-id', () => {
  propagateWith(['jaeger'], { trustDebug: true, sharedSpans: false })
  traceWith(parentBased(alwaysOff), undefined)
  const span = root('server', 'test', extract({ 'jaeger-debug-id': 'case%2042' }))
  span.attributes = { 'url.path': '/' }
  span.end()
  assert.deepEqual(span.attributes, { 'url.path': '/', 'jaeger-debug-id': 'case 42' })
  assert.equal(span.trace.debug, true)
  assert.equal(span.parent, '')
})

test('a shared span has the caller\'s id and parent, and says so', () => {
  propagateWith(['b3'], { trustDebug: true, sharedSpans: true })
  traceWith(parentBased(alwaysOn), undefined)
  const { id, parent, shared, remote } = root('server', 'test', extract({ b3: `${T}-${S}-1-${P}` }))
  assert.deepEqual({ id, parent, shared, remote }, { id: S, parent: P, shared: true, remote: true })
  const first = root('server', 'test', extract({ b3: `${T}-${S}-1` }))
  assert.deepEqual([first.id, first.parent, first.shared, first.remote], [S, '', true, false])
  // A consumer has no client side with which it could share a span.
  const consumer = root('consumer', 'test', extract({ b3: `${T}-${S}-1` }))
  assert.notEqual(consumer.id, S)
  assert.deepEqual([consumer.parent, consumer.shared], [S, false])
})

describe('from the environment', () => {
  const environments: Array<[formats: string, variables: Record<string, string>, expected: unknown[]]> = [
    ['tracecontext,baggage', { TRACEPARENT: `00-${T}-${S}-01`, TRACESTATE: 'a=1', BAGGAGE: 'b=2' }, [T, S, true]],
    ['baggage', { BAGGAGE: 'b=2' }, ['', '', undefined]],
    ['b3', { B3: `${T}-${S}-0` }, [T, S, false]],
    ['b3', { B3: '0' }, ['', '', false]],
    ['b3multi', { X_B3_TRACEID: T, X_B3_SPANID: S, X_B3_FLAGS: '1' }, [T, S, true]],
    ['jaeger', { UBER_TRACE_ID: `${T}:${S}:0:1` }, [T, S, true]],
    ['ottrace', { OT_TRACER_TRACEID: T, OT_TRACER_SPANID: S, OT_TRACER_SAMPLED: 'true' }, [T, S, true]],
    ['xray', { X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1' }, [X, '53995c3f42cd8ad8', true]]
  ]
  for (const [formats, variables, expected] of environments) {
    test(`${formats}: ${Object.keys(variables).join(' ')}`, () => {
      propagateWith(formats.split(','), { trustDebug: true, sharedSpans: false })
      const remote = inherit(startedWith(formats.split(','), name => variables[name]))!
      assert.deepEqual([remote.traceId, remote.spanId, remote.sampled], expected)
      assert.equal(remote.baggage?.length, 'BAGGAGE' in variables ? 1 : undefined)
    })
  }
  test('nothing', () => {
    propagateWith(['tracecontext', 'b3', 'jaeger'], { trustDebug: true, sharedSpans: false })
    assert.equal(inherit(startedWith(['tracecontext', 'b3', 'jaeger'], () => undefined)), undefined)
  })
})

test('baggage that a proxy copies gives way to what the application made of it, and its own does not', () => {
  propagateWith(['tracecontext', 'baggage'], { trustDebug: true, sharedSpans: false })
  const headers = { traceparent: `00-${T}-${S}-01`, baggage: 'user=ann,old=1' }
  const server = root('server', 'test', extract(headers))
  const sent = (baggage: string): string => {
    const client = childOf({ span: server, baggage: bounded([{ key: 'user', text: 'bob', form: 'w3c' }]), values: undefined }, 'client', 'test')
    const carrier: Record<string, string> = { ...headers, baggage }
    inject(client, carrier, (carrier, name, value) => { carrier[name] = value }, (carrier, name) => carrier[name])
    assert.ok(carrier.traceparent.includes(client.id))
    return carrier.baggage
  }
  assert.deepEqual([sent(headers.baggage), sent('user=ann'), sent('2 pieces')], ['user=bob,old=1', 'user=ann', '2 pieces'])
})
