import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run } from '../helper'

const SAID = 'autospan: the spans of jaeger-client go where autospan\'s go; its own sampler and reporter are not started\n'

test('a tracer of the application\'s own stays; jaeger-client by environment, off, with a codec of its own, with priorities', async () => {
  const { code, stdout, stderr, spans } = await run('opentracing-own.js', { env: { OTEL_PROPAGATORS: 'jaeger' } })
  assert.equal(code, 0, stderr)
  assert.equal(stderr, SAID)
  assert.equal(stdout, `[ 'theirs' ]
x-b3-traceid,x-b3-spanid,x-b3-sampled,uberctx-k
0000000000000000463ac35c9f6413ad a2fb4a1d1a96d312 a b
config.serviceName must be provided
`)
  assert.equal(drawn(spans, ['sampling.priority', 'jaeger-debug-id']), `
before  internal
client  internal
  server  internal
wanted  internal  sampling.priority=1
asked for  internal  jaeger-debug-id=find me`.slice(1))
  const off = await run('opentracing-own.js', { env: { JAEGER_DISABLED: 'true' } })
  assert.equal(off.stderr.includes('autospan'), false)
})

test('the greeting without autospan says the same', async () => {
  const { code, stdout } = await run('greeting/hello.js', { args: ['Bryan', 'Bonjour'], node: [] })
  assert.deepEqual([code, stdout], [0, 'Bonjour, Bryan!\n'])
})
