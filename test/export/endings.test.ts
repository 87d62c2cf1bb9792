import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { collector, type Collector, type Reply } from '../collector'
import { REGISTER, run, type Outcome } from '../helper'

// How an application ends: the code or the signal, and whether that is a crash.
const ENDS: Record<string, { code: number | null, signal: string | null, crash?: true }> = {
  natural: { code: 0, signal: null },
  exit: { code: 3, signal: null },
  'exit again': { code: 5, signal: null },
  throw: { code: 1, signal: null, crash: true },
  'throw again': { code: 7, signal: null, crash: true },
  reject: { code: 1, signal: null, crash: true },
  SIGTERM: { code: null, signal: 'SIGTERM' },
  SIGINT: { code: null, signal: 'SIGINT' },
  SIGHUP: { code: null, signal: 'SIGHUP' },
  kill: { code: null, signal: 'SIGTERM' },
  'kill by number': { code: null, signal: 'SIGHUP' },
  'kill at exit': { code: null, signal: 'SIGINT' }
}
// Nothing is sent before the end.
const WAITING = { OTEL_BSP_SCHEDULE_DELAY: '60000', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048' }

interface Ended extends Outcome { took: number, sink: Collector }
async function ends (args: string[], answer?: () => Reply, env: Record<string, string> = {}): Promise<Ended> {
  const sink = await collector(answer)
  const outcome = await run('endings.js', { args, env: { ...WAITING, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env } })
  const took = Date.now() - Number(/^\d+/.exec(outcome.stdout)?.[0])
  await sink.close()
  return { ...outcome, took, sink }
}
const isUnfinished = ({ attributes }: Collector['spans'][0]): boolean => attributes['autospan.unfinished'] === true

describe('every ended span arrives, and the open ones as unfinished', { concurrency: 2 }, () => {
  for (const [how, { code, signal, crash }] of Object.entries(ENDS)) {
    for (const requests of [1, 500]) {
      test(`${how}, with ${2 * requests} spans waiting`, async () => {
        const { sink, ...outcome } = await ends([how, String(requests)])
        assert.deepEqual([outcome.code, outcome.signal, outcome.stdout.split('\n').length], [code, signal, 2], outcome.stderr)
        assert.equal(new Set(sink.spans.map(({ spanId }) => spanId)).size, 2 * requests, outcome.stderr)
        assert.deepEqual(sink.spans.filter(isUnfinished), [])
      })
    }

    test(`${how}, with a request still open`, async () => {
      const { sink, ...outcome } = await ends([how, '1', 'open'])
      assert.deepEqual([outcome.code, outcome.signal], [code, signal], outcome.stderr)
      const open = sink.spans.filter(isUnfinished)
      assert.deepEqual([sink.spans.length, ...open.map(({ kind }) => kind).sort()], [4, 'client', 'server'])
      for (const { name, attributes, status, events, startedAt, endedAt } of open) {
        assert.equal(name, 'GET')
        assert.ok(endedAt > startedAt)
        assert.equal(attributes['error.type'], crash === true ? 'Error' : undefined)
        assert.deepEqual(status, crash === true ? { code: 2, message: 'unseen' } : { code: 0, message: undefined })
        assert.deepEqual(events.map(({ name }) => name), crash === true ? ['exception'] : [])
      }
    })
  }
})

// The machine may be busy with other tests: what one of a few tries kept to, it can be kept to.
async function within (limit: number, end: () => Promise<Ended>): Promise<void> {
  const took: number[] = []
  while (took.length < 5 && !(Math.min(...took) <= limit)) took.push((await end()).took)
  assert.ok(Math.min(...took) <= limit, `${took.join(', ')} ms`)
}

for (const how of ['natural', 'exit', 'throw', 'SIGTERM']) {
  test(`${how}: 300 ms with a collector, a second with one that does not answer`, async () => {
    await within(300, () => ends([how, '1']))
    await within(1000, () => ends([how, '1'], () => ({ status: 200, delay: 60_000 })))
  })
}

test('a handler of the application that ends in its own time has its spans sent, too', async () => {
  const { code, spans } = await run('endings-handled.js')
  assert.deepEqual([code, spans.map(({ kind, attributes }) => [kind, attributes['http.response.status_code']]).sort()], [0, [['client', 200], ['server', 200]]])
})

test('what ends in listeners of the end, and in what they begin, is sent', async () => {
  const { code, stderr } = await run('endings-late.js', { env: { OTEL_TRACES_EXPORTER: 'log' } })
  assert.deepEqual([code, stderr.trimEnd().split('\n').map(line => JSON.parse(line).name)], [0, ['before', 'beforeExit 1', 'promise 1', 'timer', 'beforeExit 2', 'promise 2', 'exit']])
})

test('AUTOSPAN_SIGNALS=off: the process dies on the spot', async () => {
  const { signal, sink, stderr } = await ends(['SIGTERM', '1'], undefined, { AUTOSPAN_SIGNALS: 'off' })
  assert.deepEqual([signal, sink.requests.length, stderr], ['SIGTERM', 0, ''])
})

test('the REPL is what it was', () => {
  const typed = 'process.listenerCount("SIGINT")\n1 + 1\nprocess.kill(process.pid, "SIGTERM"); await new Promise(resolve => setTimeout(resolve, 2000))\n'
  const [without, withUs] = [[], ['--require', REGISTER]].map(node => {
    const { status, signal, stdout } = spawnSync(process.execPath, [...node, '-i'], { input: typed, encoding: 'utf8', timeout: 20_000 })
    return { status, signal, stdout }
  })
  assert.deepEqual(withUs, without)
})
