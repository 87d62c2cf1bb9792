import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REGISTER, run } from './helper'

// What is leaked in a request holds the frame of the span that was active; but that holds nothing of the request.
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

// Nor does anything stay behind of what the application has let go of, also where no header was written, and nothing recorded.
for (const env of [{}, { AUTOSPAN_PROPAGATE_TO: 'nobody.invalid' }, { AUTOSPAN_REQUIRE_PARENT: 'fetch' }, { OTEL_TRACES_SAMPLER: 'always_off' }]) {
  test(`what the application lets go of is held by nobody: ${JSON.stringify(env)}`, async () => {
    const { code, stdout, stderr } = await run('released.js', { node: ['--expose-gc', '--require', REGISTER], env: { OTEL_BSP_SCHEDULE_DELAY: '50', ...env }, needs: ['postgres', 'redis'] })
    assert.deepEqual([code, stdout, stderr], [0, '\n', ''])
  })
}

// Without compilers, whose code would count.
const FLAGS = ['--expose-gc', '--no-opt', '--no-maglev', '--no-sparkplug', '--no-lazy-feedback-allocation', '--no-flush-bytecode']
const LEAKS = 3
// A caller's ids are cut out of a header, which they keep.
for (const [whose, headers, most] of [['nobody', {}, 150], ['a caller', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, 165]] as const) {
  for (const sampler of ['always_on', 'always_off']) {
    test(`of a listener, a timer and a promise that a request leaks each keeps ${most} bytes of us at most: ${sampler}, from ${whose}`, async () => {
      const [without, withUs] = await Promise.all([[], ['--require', REGISTER]].map(async preload => {
        const { code, stdout, stderr } = await run('leaked.js', { args: [JSON.stringify(headers)], node: [...FLAGS, ...preload], env: { OTEL_TRACES_SAMPLER: sampler } })
        assert.deepEqual([code, stderr], [0, ''])
        return Number(stdout)
      }))
      const each = (withUs - without) / LEAKS
      assert.ok(each <= most, `${Math.round(each)} bytes`)
    })
  }
}
