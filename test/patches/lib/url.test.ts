import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked, bracketed, failure, hostAndPort, pathOf, peer, queryOf, redacted } from '../../../patches/lib/url'

test('url: secrets and users are redacted, the rest stays as it is', () => {
  for (const [url, told] of [
    ['http://a/b?c=d', 'http://a/b?c=d'],
    ['https://user:pass@a/b', 'https://REDACTED:REDACTED@a/b'],
    ['https://user@a/b?mail=x@y', 'https://REDACTED:REDACTED@a/b?mail=x@y'],
    ['http://u:p@ss@a:1/', 'http://REDACTED:REDACTED@a:1/'],
    ['svn+ssh://u:p@a/', 'svn+ssh://REDACTED:REDACTED@a/'],
    ['http://a/b@c?d=e@f', 'http://a/b@c?d=e@f'],
    ['http://a/?sig=1&b=2&Signature=3#x', 'http://a/?sig=REDACTED&b=2&Signature=REDACTED#x'],
    ['?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Security-Token=3', '?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED'],
    ['?AWSAccessKeyId=1&X-Goog-Signature=2', '?AWSAccessKeyId=REDACTED&X-Goog-Signature=REDACTED'],
    ['?SIG=1&design=2&sigma=3', '?SIG=1&design=2&sigma=3']
  ]) assert.equal(redacted(url), told)
})

test('url: redacting takes linear time', () => {
  const started = process.cpuUsage()
  for (const piece of ['?sig=', '@', 'a://', '&sig']) redacted(`http://${piece.repeat(200_000)}`)
  const { user } = process.cpuUsage(started)
  assert.ok(user < 2_000_000, `${user} µs`)
})

test('url: the target of a request received', () => {
  for (const [target, path, query] of [
    ['/', '/', undefined], ['/a?b=c', '/a', 'b=c'], ['/a?', '/a', undefined], ['*', '*', undefined], ['/a?b?c', '/a', 'b?c'],
    ['http://u:p@host:1/a?b', '/a', 'b'], ['http://host', '/', undefined], ['http://host?a', '/', 'a'], ['//host/a', '//host/a', undefined], ['?a', '/', 'a']
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
    ['http', 'a', 'GET', 'b', 'http://a/b', 'a', 80]
  ] as const) assert.deepEqual(asked(scheme, host, method, target), { url, name, port })
})

test('url: hosts and ports', () => {
  for (const [host, name, port] of [
    ['a', 'a', undefined], ['a:1', 'a', 1], ['a:', 'a', undefined], ['[::1]', '::1', undefined], ['[::1]:1', '::1', 1], ['::1', '::1', undefined],
    ['a:70000', 'a', undefined], ['a:x', 'a', undefined], ['', '', undefined]
  ] as const) assert.deepEqual(hostAndPort(host), { name, port })
  assert.deepEqual(['::1', '[::1]', 'a'].map(bracketed), ['[::1]', '[::1]', 'a'])
  assert.deepEqual(['::ffff:1.2.3.4', '::ffff:1', '::1', '1.2.3.4', undefined].map(peer), ['1.2.3.4', '::ffff:1', '::1', '1.2.3.4', undefined])
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
