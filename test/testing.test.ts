import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { forApplications, REGISTER, ROOT, run } from './helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-testing-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
mkdirSync(join(folder, 'node_modules'))
symlinkSync(ROOT, join(folder, 'node_modules/autospan'))
function file (name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** What `node --test` says of a test file; the tests of this file are none of its business. */
function tested (path: string, node: string[]): Record<string, number> & { output: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [...node, '--test', '--test-reporter=tap', path], { encoding: 'utf8', env: forApplications(process.env), timeout: 60_000 })
  const counts = [...stdout.matchAll(/^# (pass|fail|skipped) (\d+)$/gm)].map(([, name, count]) => [name, Number(count)])
  return { ...Object.fromEntries(counts), output: stdout + stderr }
}

test('the example: a service of ours is tested with tracing and without', () => {
  for (const [node, pass, skipped] of [[['--require', REGISTER], 4, 0], [['--import', REGISTER], 4, 0], [[], 2, 2]] as const) {
    const { output, ...counts } = tested(join(ROOT, 'examples/shop.test.js'), [...node])
    assert.deepEqual(counts, { pass, fail: 0, skipped }, output)
    assert.doesNotMatch(output, /autospan:/)
  }
})

test('what a span was, once it has ended; it is sent nowhere', async () => {
  const app = file('kept.mjs', `
    import { span, traced } from 'autospan'
    import { reset, settled, spans, tree } from 'autospan/testing'
    span('forgotten', () => {})
    reset()
    await span('order', { kind: 'server', attributes: { 'order.id': 7, none: undefined } }, async order => {
      order.addEvent('looked', { at: 'shelf' }).addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } })
      try { span('reserve', () => { throw Object.assign(new TypeError('sold out'), { code: 'SOLD_OUT' }) }) } catch {}
    })
    let done
    const late = span('late', () => new Promise(resolve => { done = resolve }))
    await settled({ within: 20 }).catch(error => console.log(error.message))
    setTimeout(done, 20)
    await settled()
    const [reserve, order] = spans()
    console.log(JSON.stringify([order.attributes, order.events.map(({ name, attributes }) => [name, attributes]), order.links.length, order.kind, order.error ?? null, order.parentSpanId, order.scope]))
    console.log(JSON.stringify([reserve.error, reserve.parentSpanId === order.spanId, reserve.traceId === order.traceId, reserve.attributes, reserve.events[0].attributes['exception.message']]))
    console.log(reserve.endedAt >= reserve.startedAt, Math.abs(order.startedAt - Date.now()) < 60000)
    console.log(tree({ show: ['order.id'] }))
    reset()
    console.log(spans().length, JSON.stringify(tree()))`)
  const { stdout, stderr, spans } = await run(app)
  assert.equal(stderr, '')
  assert.equal(stdout, `1 spans have not ended within 20 ms
[{"order.id":7},[["looked",{"at":"shelf"}]],1,"server",null,"","autospan"]
[{"type":"SOLD_OUT","message":"sold out"},true,true,{"error.type":"SOLD_OUT"},"sold out"]
true true
order  server  order.id=7
  reserve  internal  ERROR SOLD_OUT
late  internal
0 ""
`)
  assert.deepEqual(spans, [])
})

test('a layer that took too little to be told of is not waited for', async () => {
  const app = file('layers.js', `
    const { settled, tree } = require('autospan/testing')
    const app = require(${JSON.stringify(require.resolve('express'))})()
    app.use((req, res, next) => next())
    app.get('/', (req, res) => res.end())
    const server = app.listen(0, async () => {
      await fetch('http://localhost:' + server.address().port)
      await settled()
      console.log(tree())
      server.close()
    })`)
  const { stdout, stderr } = await run(app, { env: { AUTOSPAN_EXPRESS_MIDDLEWARE: 'slow:5000' } })
  assert.deepEqual([stderr, stdout], ['', 'GET  client\n  GET /  server\n'])
})

test('without the preload there are no spans, and nothing to wait for', async () => {
  const app = file('off.js', 'const { reset, settled, spans, tree } = require("autospan/testing"); reset(); settled().then(() => console.log(spans(), [tree()]))')
  assert.equal((await run(app, { node: [] })).stdout, "[] [ '' ]\n")
})
