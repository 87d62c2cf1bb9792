import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './helper'

test('fifty requests at once on pools of two, and on connections that are cut: no span is under a stranger\'s parent', async () => {
  const { code, stderr, spans } = await run('pools.js', { needs: ['postgres', 'redis'], env: { OTEL_BSP_MAX_QUEUE_SIZE: '10000' } })
  assert.equal(code, 0, stderr)
  const server = (path: string): string | undefined => spans.find(({ kind, attributes }) => kind === 'server' && attributes['url.path'] === path)?.spanId
  for (let id = 0; id < 50; id++) {
    const own = spans.filter(({ parentSpanId }) => parentSpanId === server(`/${id}`))
    const told = own.map(({ attributes }) => String(attributes['db.query.text'] ?? attributes['url.full']).replace(/^http:\/\/[^/]+/, ''))
    assert.deepEqual(told.sort(), [
      'SELECT $1::text', `/agent/${id}`, `/pool/${id}`, `get io:${id}`, `get automatic:${id}`, `GET client:${id}`, `get one:${id}; get two:${id}`
    ].sort())
    for (const path of [`/agent/${id}`, `/pool/${id}`]) {
      const { spanId } = own.find(({ attributes }) => String(attributes['url.full']).endsWith(path))!
      assert.equal(spans.find(({ parentSpanId }) => parentSpanId === spanId)?.attributes['url.path'], path)
    }
  }
})
