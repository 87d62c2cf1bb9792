import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, REGISTER, run } from './helper'

// Libraries that put something of their own in the place of what Node has: they go on working, and so do we.

test('nock: what it answers is as ever, and it neither sees nor refuses what we send', async () => {
  const { code, spans, stderr, stdout } = await run('mocked.js')
  assert.equal(stdout, 'mocked,out of stock,true\n', stderr)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(drawn(spans), 'GET  client\nGET  client  ERROR Error')
})

for (const [kind, name] of [['sinon', 'fake timers of sinon'], ['node', 'mock timers of node:test']]) {
  test(`${name}: none of ours waits among them, and spans have the real time`, async () => {
    const begin = BigInt(Date.now()) * 1_000_000n
    const { code, spans, stderr, stdout } = await run('faked.js', { args: [kind], node: ['--no-warnings', '--require', REGISTER] })
    assert.equal(stdout, '1970-01-01T00:00:00.000Z 0\n', stderr)
    assert.equal(code, 0)
    assert.equal(drawn(spans), 'GET  client\n  GET  server')
    for (const { startedAt, endedAt } of spans) assert.ok(startedAt > begin && endedAt > startedAt && endedAt < BigInt(Date.now()) * 1_000_000n)
  })
}
