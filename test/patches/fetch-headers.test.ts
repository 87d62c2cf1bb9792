import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REGISTER, run } from '../helper'

// One traceparent in every request that goes out, however it is sent, and through whatever it goes: that of its own span; the application's, where it has set one.
const OWN = { trace: '0123456789abcdef0123456789abcdef', span: '0123456789abcdef' }

for (const kind of ['fetch/', 'undici-fetch/', 'undici/', 'http/', 'https/', 'h2/']) {
  test(`headers: one traceparent in every request of ${kind.slice(0, -1)}`, async () => {
    const { stdout, stderr, code, spans } = await run('headers.js', { args: [kind], node: ['--disable-warning=UNDICI-H2', '--require', REGISTER] })
    assert.deepEqual([code, stderr], [0, ''])
    const seen = Object.entries<string[][]>(JSON.parse(stdout))
    assert.ok(seen.length > 0)
    for (const [path, requests] of seen) {
      const own = path.includes('/own')
      const sent = spans.filter(({ kind, attributes }) => kind === 'client' && String(attributes['url.full']).endsWith(path))
        .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)
      assert.deepEqual(requests, sent.map(({ traceId, spanId }) => [own ? `00-${OWN.trace}-${OWN.span}-01` : `00-${traceId}-${spanId}-03`]), path)
      for (const { traceId, parentSpanId } of own ? sent : []) assert.deepEqual([traceId, parentSpanId], [OWN.trace, OWN.span], path)
    }
  })
}
