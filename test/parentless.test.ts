import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run } from './helper'

const CALLS = `
  SELECT  client
  get  client
  PIPELINE get  client
  GET  client
  MULTI GET  client
  GET  client
    GET  server
  GET  client
    GET  server`
const needs: Array<'postgres' | 'redis'> = ['postgres', 'redis']

test('what is asked outside of any request begins a trace', async () => {
  const { stdout, stderr, spans } = await run('parentless.js', { needs })
  assert.equal(drawn(spans), `${CALLS.replaceAll('\n  ', '\n').slice(1)}\nGET  client\n  GET  server${CALLS.replaceAll('\n', '\n  ')}`, stderr)
  assert.equal(stdout, '9 a trace,a trace,a trace,a trace\n')
})

test('AUTOSPAN_REQUIRE_PARENT: of the patches it names nothing is traced outside, nor told of a trace; in a request all is, and what is received', async () => {
  const { code, stdout, stderr, spans } = await run('parentless.js', { needs, env: { AUTOSPAN_REQUIRE_PARENT: 'pg,ioredis,redis,fetch,http' } })
  assert.deepEqual([code, stderr, stdout], [0, '', '3 nothing,nothing,a trace,a trace\n'])
  assert.equal(drawn(spans), `GET  server\nGET  server\nGET  server${CALLS}`)
})

test('a process that was started by a traced one has a parent', async () => {
  const env = { AUTOSPAN_REQUIRE_PARENT: 'pg,ioredis,redis,fetch,http', TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
  const { stdout, spans } = await run('parentless.js', { needs, env })
  assert.equal(stdout, '0 a trace,a trace,a trace,a trace\n')
  assert.deepEqual([...new Set(spans.map(({ traceId }) => traceId))], ['4bf92f3577b34da6a3ce929d0e0e4736'])
})

test('a patch that there is not is told of', async () => {
  assert.match((await run('', { args: ['-e', '0'], env: { AUTOSPAN_REQUIRE_PARENT: 'redsi,pg' } })).stderr, /^autospan: there is no patch named redsi; there are http, .*\n$/)
})
