import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REGISTER, run } from './helper'

// A frame that is leaked in a request holds the span that was active; but the span holds nothing of the request.
for (const sampler of ['always_on', 'always_off']) {
  test(`what a request leaks keeps no request, no answer, and no text of them in memory: ${sampler}`, async () => {
    const REQUESTS = 100
    const env = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_TRACES_SAMPLER: sampler }
    const [without, withUs] = await Promise.all([[], ['--require', REGISTER]].map(async preload => {
      const { code, stdout, stderr } = await run('leaky.js', { args: [String(REQUESTS)], node: ['--expose-gc', ...preload], env })
      assert.deepEqual([code, stderr], [0, ''])
      return JSON.parse(stdout)
    }))
    assert.ok(without.objects >= 10 * REQUESTS)
    // The last ones may still be on connections, in parsers and in what regular expressions remember.
    assert.ok(withUs.alive <= without.alive + 10, `${withUs.alive} objects, ${without.alive} without us`)
    assert.ok(withUs.texts <= without.texts + 10, `${withUs.texts} texts, ${without.texts} without us`)
  })
}
