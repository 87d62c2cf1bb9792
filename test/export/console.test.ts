import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleExporter, row, tree, type Look } from '../../src/export/console'
import { tally } from '../../src/export/exporter'
import { TraceId } from '../../src/trace/id'
import { frameOf } from '../../src/trace/frame'
import { Trace } from '../../src/trace/span'
import { speakAt } from '../../src/log'
import { run } from '../helper'
import { span } from './spans'

const plain: Look = { color: false, columns: 200 }
const at = 1_700_000_000_000
const entry = span({ kind: 'server', name: 'GET /users/:id', startedAt: at, endedAt: at + 1234, attributes: { 'http.request.method': 'GET', 'url.path': '/users/7', 'http.response.status_code': 500 }, error: '500' })
const query = span({ kind: 'client', name: 'SELECT users', parent: entry.id, startedAt: at + 1, endedAt: at + 13.5, attributes: { 'db.query.text': 'SELECT *\n  FROM users WHERE id = $1' } })
const failing = span({ kind: 'client', name: 'BOGUS', parent: entry.id, startedAt: at + 20, endedAt: at + 20.5, error: Object.assign(new Error('syntax error'), { code: '42601' }) })
const own = span({ name: 'price', parent: query.id, startedAt: at + 2, endedAt: at + 102, attributes: { tenant: 'acme', 'server.address': 'x', items: 3 } as any })

test('a tree: durations, kinds, what is telling, what failed', () => {
  assert.equal(tree([failing, own, query, entry].map(row), plain), `
  1.23 s  GET /users/:id  server    ERROR 500  /users/7
 12.5 ms    SELECT users  client    SELECT * FROM users WHERE id = $1
  100 ms      price       internal  tenant=acme  items=3
 0.50 ms    BOGUS         client    ERROR 42601: syntax error
`.slice(1))
})

test('red on a terminal, and no wider than it is', () => {
  const lines = tree([entry, query].map(row), { color: true, columns: 60 }).split('\n')
  assert.equal(lines[0], '\x1b[31m  1.23 s  GET /users/:id  server    ERROR 500  /users/7\x1b[0m')
  assert.equal(lines[1], ' 12.5 ms    SELECT users  client    SELECT * FROM users WHE…')
})

test('what a terminal would obey is not printed; spans that are each other\'s parents are', () => {
  assert.equal(tree([row(span({ name: 'a\x1b[2J\nb', endedAt: at + 1.25, startedAt: at + 0.25 }))], plain), '  1.0 ms  a [2J b  internal\n')
  const [a, b] = [row(span({ name: 'a' })), row(span({ name: 'b' }))]
  assert.equal(tree([{ ...a, parent: b.id }, { ...b, parent: a.id }, { ...a, id: 'c', parent: 'c', name: 'c' }], plain), ' 12.5 ms  c    internal\n 12.5 ms  a    internal\n 12.5 ms    b  internal\n')
})

test('a trace is shown when its first span here has ended, what comes later is shown later', () => {
  const written: string[] = []
  const exporter = consoleExporter('shop', false, tally(), text => { written.push(text(plain)) })
  const trace = new Trace(TraceId.of('0af7651916cd43dd8448eb211c80319c'), true, true, undefined)
  const first = span({ trace, name: 'first' })
  trace.entry = frameOf(first)
  exporter.export([span({ trace, parent: first.id, name: 'child' })])
  assert.deepEqual(written, [])
  assert.ok(exporter.busy)
  exporter.export([first])
  exporter.export([span({ trace, parent: first.id, name: 'late' })])
  assert.deepEqual(written, [
    '0af7651916cd43dd8448eb211c80319c  shop\n 12.5 ms  first    internal\n 12.5 ms    child  internal\n\n',
    '0af7651916cd43dd8448eb211c80319c  shop  (more of it)\n 12.5 ms  late  internal\n\n'])
  assert.ok(!exporter.busy)
})

test('a trace of very many spans is shown; one that cannot be is counted, and nobody hears of it who waits', async () => {
  const one = row(own)
  assert.equal(tree(Array.from({ length: 200_000 }, (_, i) => ({ ...one, id: String(i), name: 'item' })), plain).split('  100 ms  item  internal').length, 200_001)

  const counts = tally()
  const exporter = consoleExporter('shop', false, counts, () => { throw new Error('too long') })
  exporter.export([own, query])
  speakAt('none')
  await exporter.idle(false)
  assert.deepEqual([counts.exported, counts.dropped.failed, exporter.busy], [0, 2, false])
})

test('many traces at once are no reason for Node to warn of a leak', async () => {
  const { stdout, stderr } = await run('crowded.js', { env: { OTEL_TRACES_EXPORTER: 'console' } })
  assert.equal(stdout.match(/job \d+ {2}internal/g)?.length, 20)
  assert.equal(stderr, '')
})

test('an application prints its traces, plain into a pipe, and is not disturbed when nobody reads', async () => {
  const { stdout, code } = await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'console', OTEL_SERVICE_NAME: 'shop' } })
  // A server and its client are two parts of a trace, and a machine under load may show the one, or what the application prints, before the other.
  const printed = stdout.split('\n').filter(line => !/^(\d*|[0-9a-f]{32} {2}shop( {2}\(more of it\))?)$/.test(line))
  assert.equal(printed.length, 2, stdout)
  assert.match(stdout, /^[0-9a-f]{32} {2}shop\n/m)
  assert.match(stdout, /^ +[\d.]+ ms {2}GET {2,4}client {4}200 {2}http:\/\/127\.0\.0\.1:\d+\/$/m)
  assert.match(stdout, /^ +[\d.]+ ms {2,4}GET {2}server {4}200 {2}\/$/m)
  assert.equal(code, 0)
  for (const how of ['exit', 'throw']) {
    const { stdout } = await run('ending.js', { args: [how], env: { OTEL_TRACES_EXPORTER: 'console' } })
    assert.match(stdout, /GET {2}server/)
  }
})
