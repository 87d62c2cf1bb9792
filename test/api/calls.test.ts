import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Span as OpenTelemetrySpan } from '@opentelemetry/api'
import { active } from '../../src'
import { APPS, drawn, REGISTER, ROOT, run, traces } from '../helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-calls-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
function file (name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
mkdirSync(join(folder, 'node_modules'))
symlinkSync(ROOT, join(folder, 'node_modules/autospan'))

const CALLS = `
price order  internal  order.id=7  order.lines=2
  price  internal  shop.sku=tea  shop.pieces=2
  reserve stock  client  shop.tenant=acme
    price  internal  shop.sku=tea  shop.pieces=3
  renamed  internal
fails  internal  ERROR SOLD_OUT
rejects  internal  ERROR SOLD_OUT
careless  internal
careless  internal
shelf  internal
  price  internal  shop.sku=cup  shop.pieces=0
  price  internal  shop.sku=cup  shop.pieces=1
shelf  internal
  price  internal  shop.sku=cup  shop.pieces=0
pages  internal  ERROR SOLD_OUT
query  internal
emitter  internal`
const SHOW = ['order.id', 'order.lines', 'shop.sku', 'shop.pieces', 'shop.tenant']

traces('span() and traced(): sync, async, generators; attributes, kinds and names', 'calls.js', CALLS, { show: SHOW })
traces('spans of level debug are made where AUTOSPAN_LEVEL=debug', 'calls.js', CALLS.replace('  renamed  internal\n', '  renamed  internal\n    noisy  internal\n'), { show: SHOW, env: { AUTOSPAN_LEVEL: 'debug' } })

test('with tracing, without it, with all of it switched off or not sampled, an application does and prints the same', async () => {
  const [traced, ...others] = await Promise.all([{}, { node: [] }, { env: { AUTOSPAN_ENABLED: 'false' } }, { env: { OTEL_TRACES_SAMPLER: 'always_off' } }].map(options => run('calls.js', options)))
  assert.equal(traced.stderr, "autospan: what is to make the attributes of the span 'careless' fails, so it has none\n")
  assert.match(traced.stdout, /^4 reserved\n1 undefined\n/)
  for (const { code, stdout, stderr, spans } of others) assert.deepEqual([code, stdout, stderr, spans], [0, traced.stdout, '', []])
})

test('what takes a span of OpenTelemetry takes ours: the compiler says so', () => {
  const traceIdOf = (span: OpenTelemetrySpan | undefined): string | undefined => span?.spanContext().traceId
  assert.equal(traceIdOf(active()), undefined)
})

test('an error is the status, the type and the event of its span', async () => {
  const { spans } = await run('calls.js')
  const failed = spans.find(({ name }) => name === 'fails')!
  assert.deepEqual(failed.status, { code: 2, message: 'sold out' })
  assert.deepEqual(failed.events.map(({ name, attributes }) => [name, attributes['exception.type'], attributes['exception.message']]), [['exception', 'Error', 'sold out']])
  assert.match(String(failed.events[0].attributes['exception.stacktrace']), /calls\.js/)
})

test('the names can be imported by an ES module, whatever copy the preload is', async () => {
  const other = join(folder, 'other')
  for (const part of ['register.js', 'package.json', 'dist/src', 'dist/bundle']) cpSync(join(ROOT, part), join(other, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(other, 'node_modules'))
  for (const register of [REGISTER, join(other, 'register.js')]) {
    const { code, stdout, stderr, spans } = await run('calls.mjs', { node: ['--require', register] })
    assert.deepEqual([code, stdout, stderr], [0, 'boolean,function,function,function,function,function\n', ''])
    assert.equal(drawn(spans), 'work  internal')
  }
})

test('a rejection that nobody catches ends the program, as it does without us', async () => {
  const app = file('rejected.js', 'require("autospan").traced(async () => { throw new Error("nobody cares") })()')
  for (const node of [['--require', REGISTER], []]) {
    const { code, stderr } = await run(app, { node })
    assert.equal(code, 1)
    assert.match(stderr, /Error: nobody cares/)
  }
})

test('what a traced function returns is what it is without us: a promise with a property, a query that is sent only when it is awaited', async () => {
  const app = file('returned.js', `
    const { traced } = require('autospan')
    const run = traced(function run () { return require('util').promisify(require('child_process').execFile)(process.execPath, ['-p', '1 + 1']) })
    class Query extends Promise {
      then () { console.log('sent'); return super.then(...arguments) }
      limit (rows) { this.rows = rows; return this }
    }
    const find = traced(function find () { return new Query(resolve => resolve('found')) })
    const running = run()
    console.log(running.child.pid > 0)
    running.then(async ({ stdout }) => {
      console.log(stdout)
      const query = find()
      console.log('not yet')
      console.log(await query.limit(10), query.rows)
    })`)
  const [traced, plain] = await Promise.all([run(app), run(app, { node: [] })])
  assert.deepEqual([traced.code, traced.stdout, traced.stderr], [0, plain.stdout, ''])
  assert.equal(plain.stdout, 'true\n2\n\nnot yet\nsent\nfound 10\n')
  assert.equal(drawn(traced.spans), 'run  internal\nfind  internal')
})

const PICTURE = `
Shop.reserve  client  shop.sku=tea
  Shop.price  internal
all pieces  internal
Shop.open  internal
Branch.price  internal
  Shop.price  internal
Shop.mistaken  internal  shop.sku=2
Shop.pages  internal`
for (const [kind, flags] of Object.entries({ standard: [], legacy: ['--experimentalDecorators'] })) {
  test(`@traced() and the types, by ${kind} decorators`, async () => {
    const outDir = join(folder, kind)
    const source = join(folder, `${kind}.ts`)
    cpSync(join(APPS, 'decorators.ts'), source)
    const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['--ignoreConfig', '--strict', '--target', 'es2022', '--module', 'node16', '--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node',
      '--outDir', outDir, ...flags, source], { encoding: 'utf8', cwd: folder })
    assert.equal(status, 0, stdout)
    const app = join(outDir, `${kind}.js`)
    const traced = await run(app)
    assert.equal(drawn(traced.spans.filter(({ name }) => name !== 'typed'), ['shop.sku']), PICTURE.slice(1), traced.stderr)
    const plain = await run(app, { node: [] })
    assert.deepEqual([plain.code, plain.stderr, plain.stdout], [0, '', traced.stdout])
  })
}

test('what other decorators said of a method (NestJS: its route) is said of the traced one', async () => {
  const app = file('metadata.js', `
    const all = new Map()
    Object.assign(Reflect, {
      defineMetadata (key, value, target) { all.set(target, { ...all.get(target), [key]: value }) },
      getOwnMetadataKeys (target) { return Object.keys(all.get(target) ?? {}) },
      getOwnMetadata (key, target) { return all.get(target)[key] }
    })
    const descriptor = { value () {}, writable: true, configurable: true }
    Reflect.defineMetadata('path', '/orders', descriptor.value)
    require('autospan').traced()({}, 'orders', descriptor)
    console.log(Reflect.getOwnMetadata('path', descriptor.value))`)
  for (const node of [['--require', REGISTER], []]) assert.equal((await run(app, { node })).stdout, '/orders\n')
})
