import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch } from '../../src/export/batch'
import { json } from '../../src/export/otlp'
import { losses, tally, type Counts, type Exporter } from '../../src/export/exporter'
import { active } from '../../src/trace/context'
import { SILENT, type Span } from '../../src/trace/span'
import { span } from './spans'

interface Given { batch: Batch, counts: Counts, batches: Span[][], seen: Array<Record<string, unknown>> }
const patience = { exporters: ['test'], scheduleDelay: 60_000, queueSize: 2048, batchSize: 512, attributeLength: Infinity, spanAttributeLength: NaN, redact: undefined as RegExp | undefined }
function given (options: Partial<typeof patience> = {}, fails: (spans: Span[]) => boolean = () => false): Given {
  const batches: Span[][] = []
  const seen: Array<Record<string, unknown>> = []
  const exporter: Exporter = {
    export (spans) {
      assert.equal(active(), SILENT)
      if (fails(spans)) throw new Error('cannot be encoded')
      batches.push(spans)
      for (const { attributes } of spans) seen.push({ ...attributes })
    },
    busy: false,
    async idle () {},
    abandon () {},
    last: () => []
  }
  const counts: Counts = { ended: 0, full: 0, failed: 0, exporters: { test: tally() } }
  return { batch: new Batch({ ...patience, ...options }, () => new Map([['test', exporter]]), counts), counts, batches, seen }
}
const turn = (): Promise<void> => new Promise(resolve => setImmediate(() => setImmediate(resolve)))

test('a full batch goes at once, the rest when its time has come', async () => {
  const { batch, batches } = given({ batchSize: 3, scheduleDelay: 200 })
  for (let i = 0; i < 7; i++) batch.add(span({ name: String(i) }))
  assert.equal(batches.length, 0)   // not on the way of the request
  await turn()
  assert.deepEqual(batches.map(list => list.map(({ name }) => name)), [['0', '1', '2'], ['3', '4', '5'], ['6']])
  batch.add(span())
  await turn()
  assert.equal(batches.length, 3)
  await new Promise(resolve => setTimeout(resolve, 300))
  assert.equal(batches.length, 4)
})

test('the newest are dropped and counted when there is no room', async () => {
  const { batch, counts, batches } = given({ queueSize: 5, batchSize: 5 })
  const spans = Array.from({ length: 8 }, (_, i) => span({ name: String(i), attributes: { 'autospan.x': i } }))
  for (const one of spans) batch.add(one)
  await batch.flush()
  assert.deepEqual(batches.flat().map(({ name }) => name), ['0', '1', '2', '3', '4'])
  assert.deepEqual(losses(counts), { 'queue full': 3 })
})

test('a span lets go of all that it holds, sent or dropped', async () => {
  const { batch } = given({ queueSize: 1, batchSize: 1 })
  const spans = [1, 2].map(() => span({ attributes: { 'autospan.x': 1 }, error: new Error(), events: [], links: [] }))
  for (const one of spans) batch.add(one)
  await batch.flush()
  for (const { attributes, error, events, links } of spans) assert.deepEqual([attributes, error, events, links], [{}, undefined, undefined, undefined])
})

test('exporters that cannot be opened are no business of the application', async () => {
  const counts: Counts = { ended: 0, full: 0, failed: 0, exporters: {} }
  const batch = new Batch(patience, () => { throw new Error('closed') }, counts)
  const one = span({ attributes: { 'autospan.x': 1 } })
  batch.add(one)
  await batch.flush()
  assert.deepEqual(one.attributes, {})
  assert.deepEqual(losses(counts), { 'queue failed': 1 })
})

test('a span that cannot be encoded takes nobody with it', async () => {
  const { batch, batches, counts } = given({}, spans => spans.some(({ name }) => name === 'bad'))
  for (let i = 0; i < 100; i++) batch.add(span({ name: i === 37 ? 'bad' : String(i) }))
  await batch.flush()
  assert.deepEqual(batches.flat().map(({ name }) => name), Array.from({ length: 100 }, (_, i) => String(i)).filter(name => name !== '37'))
  assert.equal(counts.exporters.test.dropped.failed, 1)
})

test('texts are cut to OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, that of spans goes first, and never through a character', async () => {
  const attributes = { 'autospan.long': 'x'.repeat(20), 'autospan.short': 'xy', 'autospan.list': ['x'.repeat(20), 'y'], 'autospan.pair': 'abcd😀', 'autospan.number': 123456789 }
  const cut = { 'autospan.long': 'xxxxx', 'autospan.short': 'xy', 'autospan.list': ['xxxxx', 'y'], 'autospan.pair': 'abcd', 'autospan.number': 123456789 }
  for (const options of [{ attributeLength: 5 }, { attributeLength: 1000, spanAttributeLength: 5 }]) {
    const { batch, seen } = given(options)
    batch.add(span({ attributes: Object.freeze(attributes) }))
    await batch.flush()
    assert.deepEqual(seen, [cut])
  }
})

test('the words of an error are cut to it, too', async () => {
  const { batch, batches } = given({ attributeLength: 5 })
  const push = batches.push.bind(batches)
  let told = ''
  batches.push = (...spans) => { told = json(spans[0], { 'service.name': 'shop' }); return push(...spans) }
  batch.add(span({ error: new RangeError('a message') }))
  await batch.flush()
  assert.doesNotMatch(told, /a mess|RangeE|at Test/)
  for (const words of ['"a mes"', '"Range"']) assert.ok(told.includes(words), told)
})

test('AUTOSPAN_REDACT: names, texts, lists, numbers, events, links, errors, statuses; before anything is cut', async () => {
  const { batch, batches } = given({ redact: /s3cr3t|4111\d{4}/g, attributeLength: 12 })
  const hostile = JSON.parse('{"__proto__": "s3cr3t", "constructor": "s3cr3t"}')
  let seen: unknown
  const told = span({
    name: 'a s3cr3t', status: { code: 'error', message: 's3cr3t' }, error: Object.assign(new Error('of s3cr3t'), { code: 's3cr3t' }),
    attributes: Object.freeze({ 'autospan.a': 'x s3cr3t s3cr3t', 'autospan.b': ['s3cr3t', 'y'], 'autospan.c': 41111111, 'autospan.d': 41, 'autospan.e': true, ...hostile }),
    events: [{ name: 's3cr3t', at: 0, attributes: { a: 's3cr3t' } }],
    links: [{ traceId: '1'.repeat(32), spanId: '1'.repeat(16), state: undefined, attributes: { a: 's3cr3t' } }]
  })
  const original = batches.push.bind(batches)
  batches.push = (...spans) => { seen = json(spans[0], { 'service.name': 'shop' }); return original(...spans) }
  batch.add(told)
  await batch.flush()
  assert.doesNotMatch(String(seen), /s3cr3t|4111/)
  for (const text of ['"a REDACTED"', '"x REDACTED R"', '"constructor"', '"__proto__"', '"of REDACTED"', '"intValue":"41"', '"boolValue":true']) assert.ok(String(seen).includes(text), `${text} ${String(seen)}`)
  assert.equal(({} as any).s3cr3t, undefined)
})

test('AUTOSPAN_REDACT looks at the first 16,384 characters of a text; what it does not look at is not told', async () => {
  const { batch, seen } = given({ redact: /s3cr3t/g })
  batch.add(span({ attributes: { 'autospan.a': `${'x'.repeat(20_000)}s3cr3t` } }))
  await batch.flush()
  assert.equal(seen[0]['autospan.a'], 'x'.repeat(16_384))
})

test('what waits is bounded in bytes, too: attributes, events and errors without end are sent early, or dropped and counted', async () => {
  const mib = 'x'.repeat(1 << 20)
  const { batch, counts, batches } = given()
  for (let i = 0; i < 40; i++) {
    batch.add(span(i % 3 === 0 ? { attributes: { 'autospan.x': mib } } : i % 3 === 1 ? { error: new Error(mib) } : { events: [{ name: 'e', at: 0, attributes: { list: [mib] } }] }))
  }
  assert.equal(counts.full, 25)
  await turn()
  assert.equal(batches.flat().length, 15)
  batch.add(span({ attributes: { 'autospan.x': mib } }))
  batch.add(span({ attributes: { 'autospan.x': mib.repeat(20) } }))
  await batch.flush()
  assert.deepEqual([counts.full, batches.flat().length], [26, 16])
})
