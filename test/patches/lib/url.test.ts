import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked, bracketed, failure, hostAndPort, pathOf, queryOf } from '../../../patches/lib/url'

test('url: the target of a request received', () => {
  for (const [target, path, query] of [
    ['/', '/', undefined], ['/a?b=c', '/a', 'b=c'], ['/a?', '/a', undefined], ['*', '*', undefined], ['/a?b?c', '/a', 'b?c'],
    ['http://u:p@host:1/a?b', '/a', 'b'], ['http://host', '/', undefined], ['http://host?a', '/', 'a'], ['//host/a', '//host/a', undefined], ['?a', '/', 'a'],
    ['/a;jsessionid=1?Token=2&b=3', '/a;jsessionid=REDACTED', 'Token=REDACTED&b=3']
  ]) assert.deepEqual([pathOf(target!), queryOf(target!)], [path, query])
})

test('url: what a request is sent for', () => {
  for (const [scheme, host, method, target, url, name, port] of [
    ['http', 'a.example', 'GET', '/b?c', 'http://a.example/b?c', 'a.example', 80],
    ['https', 'a.example', 'GET', '/', 'https://a.example/', 'a.example', 443],
    ['http', '[::1]:8080', 'GET', '/', 'http://[::1]:8080/', '::1', 8080],
    ['http', 'a', 'OPTIONS', '*', 'http://a', 'a', 80],
    ['http', 'proxy:3128', 'CONNECT', 'a.example:443', 'http://a.example:443', 'a.example', 443],
    ['http', 'proxy:3128', 'GET', 'https://u:p@a.example/b', 'https://REDACTED:REDACTED@a.example/b', 'a.example', 443],
    ['http', 'a', 'GET', 'b', 'http://a/b', 'a', 80],
    ['http', 'u:p@a', 'GET', '/?api_key=1', 'http://REDACTED:REDACTED@a/?api_key=REDACTED', 'a', 80]
  ] as const) assert.deepEqual(asked(scheme, host, method, target), { url, name, port })
})

test('url: hosts and ports', () => {
  for (const [host, name, port] of [
    ['a', 'a', undefined], ['a:1', 'a', 1], ['a:', 'a', undefined], ['[::1]', '::1', undefined], ['[::1]:1', '::1', 1], ['::1', '::1', undefined],
    ['u:p@a:1', 'a', 1], ['a:70000', 'a', undefined], ['a:x', 'a', undefined], ['', '', undefined]
  ] as const) assert.deepEqual(hostAndPort(host), { name, port })
  // One that comes again, others in between.
  const long = 'a'.repeat(300)
  assert.deepEqual(['a:1', 'a:1', long, long, 'b:2', 'a:1'].map(host => hostAndPort(host).name), ['a', 'a', long, long, 'b', 'a'])
  assert.deepEqual(['::1', '[::1]', 'a'].map(bracketed), ['[::1]', '[::1]', 'a'])
})

test('url: who gives a request up has not seen it fail', () => {
  const abort = new DOMException('given up', 'AbortError')
  const late = new DOMException('late', 'TimeoutError')
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  for (const reason of [abort, 'a reason', undefined, null, Object.assign(new Error('by a signal', { cause: abort }), { name: 'AbortError' })]) {
    assert.equal(failure(reason), undefined)
  }
  for (const reason of [late, reset]) assert.equal(failure(reason), reason)
  assert.equal(failure(Object.assign(new Error('by a signal', { cause: late }), { name: 'AbortError' })), late)
})
