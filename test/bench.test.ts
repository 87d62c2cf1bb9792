import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { protobuf } from '../src/export/otlp'
import { span } from './export/spans'
import { ROOT } from './helper'

// The bench's own pieces, without a peer: what it measures is for the machine that it runs on.
const BENCH = join(ROOT, 'bench')
const piece = (name: string): any => require(join(BENCH, name))

test('a block of requests, without tracing, with autospan, and with what any tracer needs, which is nobody\'s peer', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(BENCH, 'run.js'), 'http', '--beside', 'bare AsyncLocalStorage', '--rounds', '1', '--count', '200', '--warm-up', '400'],
    { encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 0, stderr)
  const rows = stdout.split('\n').filter(line => line.startsWith('| ')).map(line => line.split('|').map(cell => cell.trim()))
  const column = rows[0].indexOf('spans a request')
  const cells = (name: string): string[] => rows.find(row => row[1] === name)!
  assert.equal(cells('no tracing')[column], '0.00')
  assert.equal(cells('**autospan**')[column], '1.00')
  assert.equal(cells('bare AsyncLocalStorage')[column], '0.00')
  assert.ok(Number(cells('bare AsyncLocalStorage')[2]) > 0, stdout)
  assert.ok(!rows[0].includes('to the best peer'), stdout)
  assert.ok(Number(cells('**autospan**')[rows[0].indexOf('bytes sent a request')]) > 100, stdout)
  assert.ok(Number(cells('no tracing')[2]) > 0, stdout)
})

test('a start of a program', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(BENCH, 'run.js'), 'start, 200 modules', '--beside', 'none', '--rounds', '1'], { encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^\| no tracing \| \d+ \|/m)
  assert.match(stdout, /^\| \*\*autospan\*\* \| \d+ \|/m)
})

test('spans encoded: all are, and by each of our encoders', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(BENCH, 'run.js'), 'encode 10,000 spans, 512 at a time', '--beside', 'none', '--rounds', '1'], { encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 0, stderr)
  for (const [form, least] of Object.entries({ 'OTLP protobuf': 250, 'OTLP JSON': 600, 'Zipkin JSON': 500 })) {
    const row = stdout.split('\n').find(line => line.startsWith(`| autospan, ${form} |`))?.split('|') ?? assert.fail(stdout)
    assert.ok(Number(row[2]) > 0 && Number(row[4]) > least, row.join('|'))
  }
})

test('requests that are counted in instructions: a process answers them all by itself, and ends', () => {
  for (const app of ['http', 'express', 'koa', 'fastify']) {
    const { stderr, status } = spawnSync(process.execPath, [join(BENCH, 'apps', app), 'injected', '40'], { encoding: 'utf8', timeout: 60_000 })
    assert.equal(status, 0, `${app}: ${stderr}`)
  }
  const { stderr, status } = spawnSync(process.execPath, [join(BENCH, 'run.js'), 'instructions, http', '--beside', 'none'], { encoding: 'utf8', timeout: 60_000, env: { PATH: '' } })
  assert.equal(status, 1)
  assert.match(stderr, /^valgrind, which counts instructions, is not installed$/m)
})

test('a word that names no work is told with those that there are', () => {
  const { stderr, status } = spawnSync(process.execPath, [join(BENCH, 'run.js'), 'expres5'], { encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 1)
  assert.match(stderr, /nothing is named expres5[^]*express \+ pg \+ redis/)
})

test('spans are counted in what each contender sends', () => {
  const { spansIn } = piece('spans.js')
  const sent = (url: string, type: string, body: Buffer | string): number => spansIn({ url, headers: { 'content-type': type }, body: Buffer.from(body) })
  const otlp = protobuf([span({ scope: 'http' }), span({ scope: 'pg' }), span({ scope: 'http', name: 'x'.repeat(300) })], { 'service.name': 'shop' })
  assert.equal(sent('/v1/traces', 'application/x-protobuf', otlp), 3)
  // [[{ name: 'a', id: 2^32, meta: { ok: true, share: 0.5 } }, { list: [-1, null] }], [{}]]
  const datadog = Buffer.concat([
    Buffer.from([0x92, 0x92, 0x83, 0xa4]), Buffer.from('name'), Buffer.from([0xa1]), Buffer.from('a'), Buffer.from([0xa2]), Buffer.from('id'), Buffer.from([0xcf, 0, 0, 0, 1, 0, 0, 0, 0]),
    Buffer.from([0xd9, 4]), Buffer.from('meta'), Buffer.from([0x82, 0xa2]), Buffer.from('ok'), Buffer.from([0xc3, 0xa5]), Buffer.from('share'), Buffer.from([0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0]),
    Buffer.from([0x81, 0xa4]), Buffer.from('list'), Buffer.from([0xdc, 0, 2, 0xff, 0xc0]), Buffer.from([0x91, 0x80])
  ])
  assert.equal(sent('/v0.4/traces', 'application/msgpack', datadog), 3)
  assert.equal(sent('/intake/v2/events', 'application/x-ndjson', '{"metadata":{}}\n{"transaction":{}}\n{"span":{}}\n{"error":{}}\n'), 2)
  assert.equal(sent('/agent_listener/invoke_raw_method?method=span_event_data&run_id=1', 'application/json', '["1",{"events_seen":2},[[{}],[{}]]]'), 2)
  assert.equal(sent('/agent_listener/invoke_raw_method?method=metric_data&run_id=1', 'application/json', '["1",[]]'), 0)
})

test('a difference is told from none only if its samples are', () => {
  const { below, interval, median, quantile } = piece('statistics.js')
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(quantile([1, 2, 3, 4, 5], 0.25), 2)
  assert.deepEqual(interval([1, 2, 3, 4, 5]), [-Infinity, Infinity])
  assert.deepEqual(interval([6, 5, 4, 3, 2, 1]), [1, 6])
  // Of twelve: between the third and the tenth, with a chance of 2 * (1 + 12 + 66) / 4096 to be outside.
  assert.deepEqual(interval([12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6]), [3, 10])
  assert.deepEqual(interval([5, 5]), [5, 5])
  assert.deepEqual(interval([5]), [-Infinity, Infinity])
  assert.equal(below([-3, -2, -1, -3, -2, -1]), true)
  assert.equal(below([-3, -2, 1, -3, -2, -1]), undefined)
  assert.equal(below([3, 2, 1, 3, 2, 1]), false)
})

test('everybody has a turn in each round, and neither the first nor the neighbours are always the same', async () => {
  const { turns } = piece('turns.js')
  const seen: string[] = []
  await turns(6, ['a', 'b', 'c'], (name: string, round: number) => { seen[round] = (seen[round] ?? '') + name })
  assert.deepEqual(seen.map(round => [...round].sort().join('')), Array(6).fill('abc'))
  assert.deepEqual(seen, ['abc', 'cba', 'bca', 'acb', 'cab', 'bac'])
})

test('all take part in three rounds, then of the peers only the two that add least; who left is not compared with', () => {
  const { bestPeer, goesOn } = piece('goals.js')
  const samples: Record<string, number[]> = {
    'no tracing': [100, 90, 110], autospan: [110, 100, 120], 'bare AsyncLocalStorage': [101, 92, 111],
    newrelic: [300, 190, 310], OpenTelemetry: [200, 290, 210], 'dd-trace': [180, 170, 190], 'elastic-apm-node': [290, 280, 300]
  }
  const going = (round: number): string[] => Object.keys(samples).filter(name => goesOn(name, samples, round))
  assert.deepEqual(going(2), Object.keys(samples))
  assert.equal(bestPeer(samples), 'dd-trace')
  const field = ['no tracing', 'autospan', 'bare AsyncLocalStorage', 'OpenTelemetry', 'dd-trace']
  for (let round = 3; round < 7; round++) {
    assert.deepEqual(going(round), field)
    for (const name of field) samples[name].push(name === 'dd-trace' ? 900 : samples[name][0])
  }
  assert.equal(bestPeer(samples), 'OpenTelemetry')
  const rows: string[] = piece('report.js').table({ kind: 'requests', figures: { cpu: samples } }).split('\n')
  const cells = (name: string): string[] => rows.find(text => text.startsWith(`| ${name} |`))!.split('|').map(cell => cell.trim()).slice(2, -1)
  assert.deepEqual(cells('**autospan**'), ['110', '+10 (+10..+10)', '0.10'])
  assert.deepEqual(cells('newrelic'), ['300', '+200 (+150..+200), 3 rounds', '2.00'])
})

test('the pages and plots are those of the samples beside them', () => {
  const folder = join(BENCH, 'results')
  const days = readdirSync(folder).filter(file => file.endsWith('.json'))
  assert.notEqual(days.length, 0)
  for (const file of days) {
    const day = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    assert.equal(readFileSync(join(folder, `${day.date}.md`), 'utf8'), piece('report.js').page(day))
    for (const major in day.runs) {
      const drawing = join(folder, `${day.date}-node${major}.svg`)
      assert.ok(existsSync(drawing))
      assert.equal(readFileSync(drawing, 'utf8'), piece('plot.js').plot(day, major))
    }
  }
})
