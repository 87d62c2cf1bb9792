import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, type Run } from '../helper'

const OTHERS = ['text', '{ no json }', '[1]', '{"a":1} {"b":2}', '{ object: 1 }', '7']
async function printed (env: Run['env']): Promise<string[]> {
  const { code, stdout, stderr, spans } = await run('console.js', { env })
  assert.equal(code, 0, stderr)
  const { traceId, spanId } = spans.find(({ kind }) => kind === 'server')!
  const lines = `${stdout}${stderr}`.replaceAll(`"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"01"`, 'IDS').split('\n').filter(line => line !== '')
  return lines
}
const all = (ids: string, step: string): string[] => [
  `{"msg":"log","step":"${step}"${ids && ','}${ids}}`,
  `{ "msg": "spaces" ${ids && ','}${ids}}`,
  `{${ids}}`,
  '{"msg":"own","trace_id":"mine"}',
  ...OTHERS,
  `{"format":"${step}"}`
]
const warned = (ids: string): string => `{"msg":"warn","inner":{"trace_id":"not at the top"}${ids && ','}${ids}}`

test('console: on demand, lines that are JSON objects get the ids, and nothing else is touched', async () => {
  const expected = [...all('', 'start'), ...all('IDS', 'request'), ...all('IDS', 'later'), warned(''), warned('IDS'), warned('IDS')]
  assert.deepEqual(await printed({ AUTOSPAN_CONSOLE: 'on' }), expected)
})

test('console: asked for by the list of those that are on', async () => {
  assert.equal((await printed({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,console' })).filter(line => line.includes('IDS')).length, 8)
})

test('console: left alone if nobody asks', async () => {
  assert.deepEqual(await printed({}), [...all('', 'start'), ...all('', 'request'), ...all('', 'later'), warned(''), warned(''), warned('')])
})
