import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lines } from '../../src/export/lines'
import { run } from '../helper'
import { span } from './spans'

const resource = { 'service.name': 'shop', 'host.name': 'h', 'process.pid': 4711, 'service.version': '1' }
const told = (...spans: Array<ReturnType<typeof span>>): any[] => {
  const text = lines(spans, resource)
  assert.ok(text.endsWith('}\n'))
  return text.trimEnd().split('\n').map(line => JSON.parse(line))
}

test('a span is a line, with the fields of a log', () => {
  const client = span({ parent: 'b7ad6b7169203331', kind: 'client', scope: 'pg', name: 'SELECT\nusers', attributes: { 'db.system.name': 'postgresql', 'server.port': 5432, 'db.namespace': undefined } })
  assert.deepEqual(told(client, span({ id: '00f067aa0ba902b7' })), [{
    '@timestamp': '2023-11-14T22:13:20.000Z', '@version': '1', level: 'info', message: 'SELECT\nusers',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: client.id, parent_id: 'b7ad6b7169203331', name: 'SELECT\nusers', kind: 'client', duration_ms: 12.5, status: 'unset',
    scope: 'autospan/pg', tags: { 'db.system.name': 'postgresql', 'server.port': 5432 }, service: 'shop', host: 'h', pid: 4711
  }, {
    '@timestamp': '2023-11-14T22:13:20.000Z', '@version': '1', level: 'info', message: 'test',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7', name: 'test', kind: 'internal', duration_ms: 12.5, status: 'unset', scope: 'autospan/test', service: 'shop', host: 'h', pid: 4711
  }])
})

test('what failed, events, links; what JSON cannot tell is left out', () => {
  const error = Object.assign(new TypeError('no such user'), { code: 'E_USER' })
  const [failed] = told(span({
    error, attributes: { nan: NaN, big: 1n, object: {}, list: ['a'] } as any,
    events: [{ name: 'cache miss', at: 1_700_000_000_001.5, attributes: { tries: 2 } }],
    links: [{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', state: 'a=1', attributes: undefined }]
  }))
  assert.deepEqual([failed.level, failed.status, failed.status_message, failed.tags], ['error', 'error', 'no such user', { 'error.type': 'E_USER', nan: 'NaN', list: ['a'] }])
  assert.deepEqual(failed.events, [
    { '@timestamp': '2023-11-14T22:13:20.001Z', name: 'cache miss', tags: { tries: 2 } },
    { '@timestamp': '2023-11-14T22:13:20.012Z', name: 'exception', tags: { 'exception.type': 'TypeError', 'exception.message': 'no such user', 'exception.stacktrace': error.stack } }])
  assert.deepEqual(failed.links, [{ trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }])
  const [{ level, status, tags }] = told(span({ error: '500', attributes: { 'error.type': 'mine' } }))
  assert.deepEqual([level, status, tags], ['error', 'error', { 'error.type': 'mine' }])
  assert.equal(told(span({ status: { code: 'ok', message: undefined } }))[0].status, 'ok')
})

test('an application logs its spans on stderr, or into a file, at whatever end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'autospan-lines-'))
  const file = join(folder, 'spans.log')
  for (const how of ['natural', 'exit']) {
    const { stdout, stderr } = await run('ending.js', { args: [how], env: { OTEL_TRACES_EXPORTER: 'log', OTEL_SERVICE_NAME: 'shop' } })
    assert.match(stdout, /^\d+\n$/)
    const spans = stderr.trimEnd().split('\n').map(line => JSON.parse(line))
    assert.deepEqual(spans.map(({ service, name, kind, tags }) => [service, name, kind, tags['http.response.status_code']]).sort(), [['shop', 'GET', 'client', 200], ['shop', 'GET', 'server', 200]])
    const filed = await run('ending.js', { args: [how], env: { OTEL_TRACES_EXPORTER: 'log', AUTOSPAN_LOG_FILE: file } })
    assert.equal(filed.stderr, '')
  }
  assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line)).length, 4)
  rmSync(folder, { recursive: true })
  const { stderr, code } = await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'log', AUTOSPAN_LOG_FILE: file } })
  assert.equal(stderr, `autospan: spans cannot be written to ${file} (ENOENT); AUTOSPAN_LOG_FILE names another file\nautospan: lost of 2 spans: 2 log failed\n`)
  assert.equal(code, 0)
})
