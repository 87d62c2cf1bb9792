import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../helper'
import type { Seen } from '../collector'

const NAMES = ['SERVER_CAPTURE_REQUEST', 'SERVER_CAPTURE_RESPONSE', 'CLIENT_CAPTURE_REQUEST', 'CLIENT_CAPTURE_RESPONSE'].map(name => `OTEL_INSTRUMENTATION_HTTP_${name}_HEADERS`)
const WANTED = 'X-Tenant,x-list,referer,x-answer,location,toString,__proto__'
const told = ({ attributes }: Seen): Record<string, unknown> => Object.fromEntries(Object.entries(attributes).filter(([key]) => key.includes('.header.')))
const WORDS = 'is ignored: it takes names of headers with commas between them, none that is secret by its name'

test('no header is told unless it is named', async () => {
  const { code, spans } = await run('captured.js')
  assert.equal(code, 0)
  assert.equal(spans.length, 4)
  for (const span of spans) assert.deepEqual(told(span), {})
})

test('headers that are named are told, of both sides, by http and by fetch; those that are secret never', async () => {
  const { code, stderr, spans } = await run('captured.js', { env: Object.fromEntries(NAMES.map(name => [name, `${WANTED},authorization, Cookie,set-cookie,x-api-key,x y`])) })
  assert.equal(code, 0, stderr)
  assert.equal(stderr, NAMES.map(name => `autospan: ${name}: authorization, cookie, set-cookie, x-api-key, x y ${WORDS}\n`).join(''))
  const of = (name: string, path: string): Seen => spans.find(({ kind, attributes }) => kind === name && String(attributes['url.path'] ?? attributes['url.full']).endsWith(path))!
  const asked = { 'http.request.header.referer': ['http://localhost/?api_key=REDACTED'], 'http.request.header.x-tenant': ['acme'] }
  const answered = { 'http.response.header.location': ['http://REDACTED:REDACTED@elsewhere/?token=REDACTED&a=b'] }
  assert.deepEqual(told(of('server', '/set')), { ...asked, 'http.request.header.x-list': ['a, b'], ...answered, 'http.response.header.x-answer': ['one', 'two'] })
  assert.deepEqual(told(of('client', '/set')), { ...asked, 'http.request.header.x-list': ['a,b'], ...answered, 'http.response.header.x-answer': ['one, two'] })
  for (const kind of ['server', 'client']) {
    assert.deepEqual(told(of(kind, '/written')), { 'http.request.header.x-tenant': ['emca'], 'http.response.header.x-answer': ['written'] })
  }
  assert.doesNotMatch(JSON.stringify(spans.map(({ attributes }) => attributes)), /zq/)
})
