import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildSync } from 'esbuild'
import { APPS, drawn, REGISTER, run, traces } from '../helper'

const COPIES = ['api-1.0', 'api-1.4', 'api-1.8', '@opentelemetry/api', 'api-1.10']
const SHOWN = ['first', 'by']

for (const copy of COPIES) {
  traces(`any minor version of the API: ${copy}`, 'api-copies.js', `
${copy}  internal  first=${copy}  by=${copy}
  GET  client
    GET  server`, { args: [copy], show: SHOWN })
}

traces('several copies at once are one: span, context, baggage', 'api-copies.js', `
api-1.8  internal  first=api-1.8  by=api-1.8
  api-1.10  internal  first=api-1.8  by=api-1.8
    @opentelemetry/api  internal  first=api-1.8  by=api-1.8
      api-1.0  internal  first=api-1.8  by=api-1.8
        api-1.4  internal  first=api-1.8  by=api-1.8
          GET  client
            GET  server`, { args: ['api-1.8', 'api-1.10', '@opentelemetry/api', 'api-1.0', 'api-1.4'], show: SHOWN })

traces('the API as an ES module, beside CommonJS', 'api-copies.mjs', `
imported  internal
  an older one  internal
    the same, required  internal`)

const STEPS_BACK = 'autospan: the application starts an OpenTelemetry SDK of its own; autospan steps back and traces nothing from here on\n'

test('a tracer, meters and a logger of the application\'s own are registered as ever; the tracer gets what is asked of tracers that were there before it', async () => {
  const { code, stdout, stderr, spans } = await run('api-provider.mjs')
  assert.equal(code, 0, stderr)
  assert.equal(stderr, STEPS_BACK)
  assert.equal(stdout, `true mine true
true false
true true
[
  'before: by their tracer',
  'before: by their tracer, active',
  'after: by their tracer, later'
] their context [ 'their-header' ] mine
true their context
false [
  'error: Error: @opentelemetry/api: Attempted duplicate registration of API: trace'
]
`)
  assert.equal(drawn(spans), 'traced by autospan  internal\ntraced by autospan, too  internal\ntraced by autospan, still  internal')
})

const SDK = `
ask  internal
  GET  client
    GET  server
      work  internal
        GET  client
          GET  server
            work  internal`.slice(1)

const ways: Array<[string, string[], string, string]> = [
  ['without autospan', [], 'api-own-sdk.js', ''],
  ['with autospan', ['--require', REGISTER], 'api-own-sdk.js', STEPS_BACK],
  ['with autospan, in another order', ['--require', REGISTER], 'api-own-sdk.js', STEPS_BACK],
  ['with autospan, SDK preloaded before it', ['--require', join(APPS, 'api-own-sdk.js'), '--require', REGISTER], '', STEPS_BACK]
]
for (const [name, node, app, said] of ways) {
  test(`an SDK of the application's own has its spans, and one header a request: ${name}`, async () => {
    const order = name.includes('order') ? 'context,propagation,trace' : undefined
    const { code, stdout, stderr, spans } = await run(app, { node: app === '' ? [...node, '--eval', '0'] : node, env: { ORDER: order } })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, said)
    assert.equal(stdout, 'traceparent: 1 1\n')
    assert.equal(drawn(spans), SDK)
  })
}

traces('context handled by hand beside what is traced by itself: one trace, one header, the baggage', 'api-served.js', `
ask  client
  GET  client
  GET  server
    handle  server  user=ann`, { show: ['user'] })

for (const minify of [false, true]) {
  test(`a bundle with an SDK in it, ${minify ? 'minified' : 'as it is written'}, is its own, too`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'autospan-bundle-'))
    try {
      const bundled = (app: string): string => {
        const outfile = join(folder, app.replace('.mjs', '.js'))
        buildSync({ entryPoints: [join(APPS, app)], outfile, bundle: true, platform: 'node', minify, logLevel: 'error' })
        return outfile
      }
      const sdk = await run(bundled('api-own-sdk.js'))
      assert.equal(sdk.stderr, STEPS_BACK)
      assert.equal(sdk.stdout, 'traceparent: 1 1\n')
      assert.equal(drawn(sdk.spans), SDK)
      const newest = await run(bundled('api-provider.mjs'))
      assert.equal(newest.stderr, STEPS_BACK)
      assert.equal(newest.stdout, (await run('api-provider.mjs')).stdout)
    } finally { rmSync(folder, { recursive: true, force: true }) }
  })
}

test('who uses no tracing API pays for none: nothing of it is loaded', async () => {
  const loaded = `console.log(Object.keys(require.cache).filter(file => /[\\\\/]src[\\\\/]api[\\\\/]/.test(file)).length)`
  const { stdout } = await run('', { node: ['--require', REGISTER, '--eval', loaded] })
  assert.equal(stdout, '0\n')
  const used = await run('', { node: ['--require', REGISTER, '--eval', `require('@opentelemetry/api').trace.getActiveSpan(); ${loaded}`] })
  assert.notEqual(used.stdout, '0\n')
})
