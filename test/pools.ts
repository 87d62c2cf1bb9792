import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, type Run } from './helper'

const PATHS = ['/1', '/2', '/3', '/4']
const show = ['url.path']

/** An application whose requests queue tasks for one worker: each task is in the trace of its own request, and in no trace if nobody queued it in one. */
export function pools (name: string, app: string, options: Run = {}): void {
  test(name, async () => {
    // A worker is ended with what it has not sent yet.
    const { code, stderr, spans } = await run(app, { ...options, env: { OTEL_BSP_SCHEDULE_DELAY: '50', ...options.env } })
    assert.deepEqual([code, stderr], [0, ''])
    for (const path of PATHS) {
      const { traceId } = spans.find(({ attributes, kind }) => kind === 'server' && attributes['url.path'] === path)!
      assert.equal(drawn(spans.filter(span => span.traceId === traceId), show), `
GET  client
  GET  server  url.path=${path}
    GET  client
      GET  server  url.path=${path}/task
    GET  client
      GET  server  url.path=${path}/after`.trim())
    }
    const others = spans.filter(({ attributes }) => attributes['url.path'] === '/nobody')
    assert.equal(others.length, 2)
    for (const { traceId } of others) assert.equal(drawn(spans.filter(span => span.traceId === traceId), show), 'GET  client\n  GET  server  url.path=/nobody')
  })
}
