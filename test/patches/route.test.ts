import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askRoute, beneath, routeLater, SPAN, tellRoute } from '../../patches/lib/route'
import { TraceId } from '../../src/trace/id'
import { Span, Trace } from '../../src/trace/span'

const request = (method: string, sampled = true) => {
  const span = new Span(new Trace(TraceId.of('0af7651916cd43dd8448eb211c80319c'), sampled, false, undefined), undefined, false, 'server', 'http', undefined)
  span.name = method
  span.attributes = { 'http.request.method': method, 'http.route': undefined }
  return { span, message: { [SPAN]: span } }
}

test('the last route told wins, and a name that the application chose stays', () => {
  const { span, message } = request('GET')
  tellRoute(message, '/a/:x')
  tellRoute(message, '/b/:y')
  assert.equal(span.name, 'GET /b/:y')
  span.name = 'mine'
  span.named = true
  tellRoute(message, '/c')
  assert.equal(span.name, 'mine')
  assert.equal(span.attributes['http.route'], '/c')
})

test('an unknown method, a request without a span, one that is not recorded, one that is over', () => {
  const other = request('_OTHER')
  tellRoute(other.message, '/x')
  assert.equal(other.span.name, 'HTTP /x')
  tellRoute({}, '/x')
  for (const { span, message } of [request('GET', false), request('GET')]) {
    span.end()
    tellRoute(message, '/x')
    assert.equal(span.name, 'GET')
  }
})

test('a framework that is asked at the end, and one that cannot answer then', () => {
  const { span, message } = request('GET')
  askRoute(message)
  routeLater(message, (path: string | undefined) => path?.toUpperCase(), 'late')
  askRoute(message)
  assert.equal(span.name, 'GET LATE')
  routeLater(message, () => { throw new Error('no') }, undefined)
  askRoute(message)
  routeLater(message, () => undefined, undefined)
  askRoute(message)
  assert.equal(span.name, 'GET LATE')
})

test('a path beneath a mount', () => {
  assert.deepEqual([beneath('', '/'), beneath('', '*'), beneath('/a', ''), beneath('/a', '/'), beneath('/a', '/b/'), beneath('/a', 'b')],
    ['/', '/*', '/a', '/a', '/a/b/', '/a/b'])
})
