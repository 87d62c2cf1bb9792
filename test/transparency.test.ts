import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, type Outcome } from './helper'

/** The same with us and without us; what we ourselves have to say (a collector that is slow to answer) is no matter here. */
async function both (app: string, args: string[], node: string[] = []): Promise<Outcome[]> {
  return await Promise.all([[], ['--require', './register.js']].map(preload => run(app, { args, node: [...preload, ...node], env: { OTEL_LOG_LEVEL: 'none' } })))
}

const LIBRARIES = ['http', 'https', 'net', 'worker_threads', 'child_process', 'pg', 'ioredis', 'redis', 'undici', 'express', 'koa', 'fastify', 'bluebird', 'q', 'pino', 'winston', 'bunyan']
test('all that libraries export looks the same: names, lengths, texts, properties, prototypes; and so do errors', async () => {
  const [without, withUs] = await both('surface.js', LIBRARIES)
  assert.deepEqual([without.stderr, withUs.stderr], ['', ''])
  const [there, here] = [without, withUs].map(({ stdout }) => new Set(stdout.trimEnd().split('\n')))
  for (const library of LIBRARIES) assert.ok([...there].some(line => line.startsWith(`"${library}.`)), library)
  assert.deepEqual([[...here].filter(line => !there.has(line)), [...there].filter(line => !here.has(line))], [[], []])
})

// Frames of ours are in a stack where we have called; process ids differ from run to run, and Node numbers rejections that were caught in time, too.
const told = ({ code, signal, stdout, stderr }: Outcome): object =>
  ({ code, signal, stdout, stderr: stderr.replace(/^\s+at .*\n/gm, '').replace(/\(node:\d+\)|\(rejection id: \d+\)/g, '()') })
for (const mode of ['strict', 'warn', 'none', 'throw', 'warn-with-error-code']) {
  const alone = ['strict', 'throw'].includes(mode)
  for (const calls of alone ? [['pg'], ['pool'], ['ioredis'], ['redis']] : [['pg', 'pool', 'ioredis', 'redis', 'closed', 'undici', 'fetch', 'bluebird']]) {
    test(`what a call of ${calls.join(', ')} rejects with and nobody catches: --unhandled-rejections=${mode}`, async () => {
      const [without, withUs] = await both('rejections.js', calls, [`--unhandled-rejections=${mode}`])
      assert.match(without.stdout, alone ? /^exit 1\n$/ : /^later\nexit [01]\n$/)
      assert.deepEqual(told(withUs), told(without))
    })
  }
}
