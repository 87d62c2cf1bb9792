import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './helper'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const caller = (flags: string): Record<string, string> => ({ traceparent: `00-${TRACE}-${CALLER}-${flags}`, tracestate: 'shop=1', baggage: 'tenant=7' })
const B3 = { 'x-b3-traceid': TRACE, 'x-b3-spanid': CALLER }

interface Passed { plain: string[], proxied: string[] }
type Said = Passed & { context: { traceId: string, spanId: string }, state: string | undefined, isSame: boolean, isRecording: boolean }

/** What a request passes on before it is answered (`early`) and after its span was sent (`late`), of itself and as a proxy; and the spans. */
async function outlived (given: object, env: Record<string, string> = {}, status = 200) {
  const { code, stdout, stderr, spans } = await run('outlived.js', { args: [JSON.stringify(given), String(status)], env })
  assert.deepEqual([code, stderr], [0, ''])
  const { early, late }: { early: Said, late: Said } = JSON.parse(stdout)
  assert.deepEqual([late.context, late.state, late.isRecording], [early.context, early.state, false])
  return { early, late, spans }
}
/** The ids of the spans that are told of in headers. */
const ids = ({ plain, proxied }: Passed): string[] => [plain, proxied].map(headers => /(?:traceparent: 00-\w+-|x-b3-spanid: )(\w+)/.exec(headers.join('\n'))![1])
const withoutIds = ({ plain, proxied }: Passed): string[][] => [plain, proxied].map(headers => headers.map(header => header.replace(/^(traceparent: 00-\w+-|x-b3-spanid: )\w+/, '$1')))

const SAMPLED: Array<[string, object, Record<string, string>]> = [
  ['nobody', {}, {}],
  ['a caller', caller('01'), {}],
  ['a caller who knows his id to be random', { traceparent: caller('03').traceparent }, {}],
  ['a caller who is debugging', { ...B3, 'x-b3-flags': '1' }, { OTEL_PROPAGATORS: 'b3multi' }],
  ['nobody, by a ratio', {}, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' }]
]
for (const [whose, given, env] of SAMPLED) {
  test(`what a request of ${whose} does when its span was sent is beneath that span all the same`, async () => {
    const { early, late, spans } = await outlived(given, env)
    assert.deepEqual([early.isSame, early.isRecording], [true, true])
    assert.deepEqual(withoutIds(late), withoutIds(early))
    assert.ok(late.plain.length > 0)
    const { spanId, traceId } = early.context
    assert.deepEqual(spans.filter(({ kind }) => kind === 'client').map(span => [span.traceId, span.parentSpanId, span.traceState]),
      Array(4).fill([traceId, spanId, early.state]))
    assert.deepEqual([...ids(early), ...ids(late)], spans.filter(({ kind }) => kind === 'client').map(({ spanId }) => spanId))
  })
}

for (const [whose, given, env] of [
  ['a caller', caller('00'), {}],
  ['nobody', {}, { OTEL_TRACES_SAMPLER: 'always_off' }],
  ['a caller by B3', { ...B3, 'x-b3-sampled': '0' }, { OTEL_PROPAGATORS: 'b3multi' }]
] as const) {
  test(`what is not sampled is passed on in the same words when the request is over: ${whose}`, async () => {
    const { early, late, spans } = await outlived(given, env)
    assert.deepEqual([early.isSame, early.isRecording, spans], [true, false, []])
    assert.deepEqual([late.plain, late.proxied], [early.plain, early.proxied])
    assert.deepEqual(ids(late), [early.context.spanId, early.context.spanId])
  })
}

test('what is kept because it failed gets what is done late, too', async () => {
  const { early, spans } = await outlived(caller('00'), { AUTOSPAN_KEEP: 'errors' }, 500)
  assert.deepEqual(spans.filter(({ kind }) => kind === 'client').map(({ traceId, parentSpanId, attributes }) => [traceId, parentSpanId, attributes['autospan.keep']]),
    Array(4).fill([TRACE, early.context.spanId, 'error']))
})

test('what is not kept is over with its request', async () => {
  const { early, late, spans } = await outlived(caller('00'), { AUTOSPAN_KEEP: 'errors' })
  assert.deepEqual([spans, ids(late)], [[], [early.context.spanId, early.context.spanId]])
  assert.deepEqual(withoutIds(late), withoutIds(early))
})
