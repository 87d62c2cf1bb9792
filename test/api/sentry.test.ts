import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run } from '../helper'

const STEPS_BACK = 'autospan: the application traces by Sentry\'s SDK; autospan steps back and traces nothing from here on\n'
const ONE = 'GET  client\n  GET  server'

for (const how of ['require', 'import']) {
  for (const options of ['{"tracesSampleRate":1}', '{"tracesSampleRate":0}']) {
    test(`Sentry's SDK that traces has the application for itself: ${how}, ${options}`, async () => {
      const { code, stdout, stderr, spans } = await run('sentry.mjs', { args: [how, options] })
      assert.equal(code, 0, stderr)
      assert.equal(stderr, STEPS_BACK)
      assert.equal(stdout, 'true\nfalse\ntrue\n')
      assert.equal(drawn(spans), ONE)
    })
  }

  for (const [what, options, env] of [['only reports errors', '{}', {}], ['traces, with AUTOSPAN_SENTRY=off', '{"tracesSampleRate":1}', { AUTOSPAN_SENTRY: 'off' }]] as const) {
    test(`Sentry's SDK that ${what} changes nothing: ${how}`, async () => {
      const { code, stdout, stderr, spans } = await run('sentry.mjs', { args: [how, options], env })
      assert.equal(code, 0, stderr)
      assert.equal(stderr, '')
      assert.equal(stdout, 'true\ntrue\ntrue\n')
      assert.equal(drawn(spans), `${ONE}\n${ONE}`)
    })
  }
}

test('Sentry\'s SDK that only reports errors has its ids beside ours: one traceparent, of our trace, and one baggage, of both', async () => {
  const { code, stdout, stderr, spans } = await run('sentry-errors.mjs')
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, '/bare 1 1 1 true true \n/baggage 1 1 1 true true user\n/own 1 1 1 true true mine\n')
  assert.equal(drawn(spans, ['url.path']), `GET  client\n  GET  server  url.path=/\n${['bare', 'baggage', 'own'].map(path => `    GET  client\n      GET  server  url.path=/${path}`).join('\n')}`)
})
