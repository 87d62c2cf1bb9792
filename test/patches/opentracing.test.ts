import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from '../helper'

const SAID = 'autospan: the spans of jaeger-client go where autospan\'s go; its own sampler and reporter are not started\n'

test('the greeting, traced by hand with OpenTracing: three services, one trace', async () => {
  const { code, stdout, stderr, spans } = await run('greeting/hello.js', { args: ['Bryan', 'Bonjour'] })
  assert.equal(code, 0, stderr)
  assert.equal(stdout, 'Bonjour, Bryan!\n')
  assert.equal(drawn(spans), `
sayHello  internal
  formatString  client
    GET  client
    GET  server
      format  server
  printHello  client
    GET  client
    GET  server
      publish  server`.slice(1))
  assert.equal(new Set(spans.map(span => span.traceId)).size, 1)
  const services = new Map(spans.map(({ name, resource }) => [name, resource['service.name']]))
  assert.deepEqual([services.get('sayHello'), services.get('format'), services.get('publish')], ['hello-world', 'formatter', 'publisher'])
  assert.deepEqual(spans.find(({ name }) => name === 'format')!.events.map(({ name, attributes }) => [name, attributes]), [['format', { value: 'Bryan' }]])
})

test('OpenTracing\'s API: tags, logs, times, references, baggage, all formats of carriers, the end', async () => {
  const { code, stdout, stderr, spans } = await run('opentracing-all.js')
  assert.equal(code, 0, stderr)
  assert.equal(stderr, SAID)
  assert.equal(stdout, `bonjour, ü 7 undefined function
bonjour, ü true 16
traceparent,baggage true bonjour, ü
traceparent,baggage true bonjour, ü
80 bonjour, ü true
null null null null
closed
`)
  assert.equal(drawn(spans), `
renamed  server
  child  client  ERROR TypeError
  no error  internal
  follows  internal
  child rather than follower  internal
  text_map  internal
  http_headers  internal
  binary  internal`.slice(1))
  const named = (wanted: string): typeof spans[0] => spans.find(({ name }) => name === wanted)!
  const root = named('renamed')
  const THEN = 1_700_000_000_000_000_000n
  assert.deepEqual([root.startedAt, root.endedAt], [THEN, THEN + 1_500_000_000n])
  assert.deepEqual(root.attributes, { number: 1, text: 'a', yes: true, object: '{"a":1}', list: ['x'], later: 2, a: 'b' })
  assert.deepEqual(root.events.map(({ name, attributes }) => [name, attributes]), [
    ['hello', { value: 'x', deep: '{"a":1}' }], ['old', { payload: 'payload' }], ['log', { 'no event': true }]])
  assert.equal(root.events[0].at, THEN + 1_000_000n)
  assert.deepEqual(root.status, { code: 0, message: undefined })
  const child = named('child')
  assert.deepEqual(child.events.map(({ name, attributes }) => [name, attributes]), [
    ['exception', { 'exception.type': 'TypeError', 'exception.message': 'it went wrong', 'exception.stacktrace': 'the stack' }]])
  assert.deepEqual(child.status, { code: 2, message: 'it went wrong' })
  assert.deepEqual(named('follows').links.map(({ spanId, attributes }) => [spanId, attributes]), [[root.spanId, { 'opentracing.ref_type': 'follows_from' }]])
  assert.deepEqual(named('child rather than follower').links.map(({ spanId, attributes }) => [spanId, attributes]), [[child.spanId, { 'opentracing.ref_type': 'follows_from' }]])
  assert.deepEqual(named('no error').status.code, 0)
})

traces('who reads the headers of the request being served is beneath its span, whoever called', 'opentracing-served.js', `
GET  client
  GET  server
    handle /first  internal
    GET  client
      GET  server
        handle /second  internal
GET  client
GET  server
  handle /third  internal`)
