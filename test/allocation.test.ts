import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { APPS, REGISTER, run } from './helper'

/**
 * Bytes that autospan adds to one call of a program that uses AsyncLocalStorage (which itself marks each promise, up to Node 22), by Node's major version; `http`
 * is a request that is sent, and received. The optimizing compiler would save half of it. Who makes them fewer lowers the figures.
 */
const KNOWN: Record<string, { pg: number, http: number, fetch: number }> = {
  20: { pg: 2260, http: 7120, fetch: 5460 },
  22: { pg: 2260, http: 7120, fetch: 5460 },
  24: { pg: 1570, http: 8410, fetch: 5910 },
  26: { pg: 1580, http: 8300, fetch: 5830 }
}
const NEWEST = '26'

// Without compilers that begin when they find the time, and save some objects: the figures are the same to a few bytes, however busy the machine is.
const FLAGS = ['--no-opt', '--no-maglev', '--no-sparkplug', '--no-lazy-feedback-allocation', '--no-flush-bytecode', '--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']

async function bytes (preload: string): Promise<Record<string, number>> {
  const { stdout, stderr } = await run('allocation.js', { node: [...FLAGS, '--require', preload], needs: ['postgres'], env: { OTEL_TRACES_EXPORTER: 'none' } })
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

test('tracing a call allocates no more than a tenth above what is known of it', async () => {
  const bare = await bytes(join(APPS, 'storage.js'))
  const traced = await bytes(REGISTER)
  const known = KNOWN[process.versions.node.split('.', 1)[0]] ?? KNOWN[NEWEST]
  for (const name of Object.keys(known) as Array<keyof typeof known>) {
    const added = Math.round(traced[name] - bare[name])
    assert.ok(added <= known[name] * 1.1, `${name}: ${added} bytes a call, where ${known[name]} are known`)
    // A collection in between would leave less than nothing.
    assert.ok(added >= known[name] / 2, `${name}: ${added} bytes a call are far less than the ${known[name]} that are known`)
  }
})
