import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../helper'
import { pools } from '../pools'

pools('piscina: a task goes on with the request that queued it', 'piscina.js')

for (const app of ['piscina.js', 'piscina.mjs']) {
  test(`piscina: the same in a worker that stands still when it has nothing to do, ${app}`, async () => {
    const { code, stderr, spans } = await run(app, { args: ['atomics'] })
    assert.deepEqual([code, stderr], [0, ''])
    const traceOf = (path: string): string[] => spans.filter(({ attributes, kind }) => kind === 'server' && attributes['url.path'] === path).map(({ traceId }) => traceId)
    for (const path of ['/1', '/2', '/3', '/4']) assert.deepEqual(traceOf(`${path}/task`), traceOf(path))
    assert.equal(new Set(['/1', '/2', '/3', '/4', '/nobody'].flatMap(traceOf)).size, 6)
  })
}
