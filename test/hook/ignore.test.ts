import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules } from '../../src/hook/ignore'

test('incoming: paths, methods, a star within a piece, two stars over any number of them', () => {
  const { ignoresIncoming } = rules(['/healthz', 'GET /metrics', 'post /x', '/static/**', '/users/*/avatar', '/a.b', '**/ping'], [], [])
  const ignored = ['GET /healthz', 'POST /healthz', 'GET /metrics', 'POST /x', 'GET /static', 'GET /static/', 'GET /static/a/b.css', 'GET /users/1/avatar',
    'GET /a.b', 'GET /any/where/ping']
  const traced = ['GET /healthz/', 'GET /healthzz', 'POST /metrics', 'GET /x', 'GET /statics', 'GET /users/1/2/avatar', 'GET /aXb', 'GET /', 'GET /pingpong']
  for (const request of ignored) assert.equal(ignoresIncoming!(...request.split(' ') as [string, string]), true, request)
  for (const request of traced) assert.equal(ignoresIncoming!(...request.split(' ') as [string, string]), false, request)
})

test('outgoing: hosts, in any case; a star is anything', () => {
  const { ignoresOutgoing } = rules([], ['*.internal', '169.254.169.254', 'Example.org'], [])
  for (const host of ['a.internal', 'a.b.internal', '169.254.169.254', 'example.ORG']) assert.equal(ignoresOutgoing!(host), true, host)
  for (const host of ['internal', 'a.internal.org', '169x254.169.254', 'www.example.org', '']) assert.equal(ignoresOutgoing!(host), false, host)
})

test('the hosts that are told of a trace: all, unless some are named', () => {
  assert.deepEqual(rules([], [], []), { ignoresIncoming: undefined, ignoresOutgoing: undefined, propagatesTo: undefined })
  const { propagatesTo } = rules([], [], ['*.internal'])
  assert.deepEqual([propagatesTo!('a.internal'), propagatesTo!('example.org')], [true, false])
})

test('a rule of many stars takes no time on a long path', () => {
  const { ignoresIncoming } = rules(['/**/**/**/**/**/**/x', '/*a*a*a*a*a*a*a*a*b'], [], [])
  const began = performance.now()
  assert.equal(ignoresIncoming!('GET', `/${'a'.repeat(2000)}`), false)
  assert.equal(ignoresIncoming!('GET', `/${'a/'.repeat(1000)}`), false)
  assert.ok(performance.now() - began < 500)
})
