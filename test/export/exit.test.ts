import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { collector, type Collector, type Reply } from '../collector'
import { REGISTER, run, type Outcome } from '../helper'
import { freePort } from '../services'

// How an application ends, and with what code. All but the first leave no turn of the loop to send anything.
const ENDS = { natural: 0, exit: 3, throw: 1, reject: 1 }

/** Run the application until `how`; how long its end took, in milliseconds, and what a collector that answers as told has received. */
async function ends (how: string, answer?: () => Reply, env: Record<string, string> = {}): Promise<Outcome & { took: number, sink: Collector }> {
  const sink = await collector(answer)
  const outcome = await run('ending.js', { args: [how], env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env } })
  const took = Date.now() - Number(/^\d+/.exec(outcome.stdout)![0])
  await sink.close()
  return { ...outcome, took, sink }
}
const lines = (stderr: string): string[] => stderr.split('\n').filter(line => line.startsWith('autospan:'))

for (const [how, code] of Object.entries(ENDS)) {
  test(`${how}: the spans arrive, the exit code is the application's`, async () => {
    const { sink, ...outcome } = await ends(how)
    assert.deepEqual(sink.spans.map(({ kind }) => kind).sort(), ['client', 'server'])
    assert.equal(outcome.code, code)
    assert.deepEqual(lines(outcome.stderr), [])
  })

  test(`${how}: nobody listens, which is one line, one more for the loss, and no delay`, async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { stderr, code: ended, took } = await ends(how, undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: url })
    assert.deepEqual(lines(stderr), [
      `autospan: nobody listens at ${url}/v1/traces; OTEL_TRACES_EXPORTER=console shows spans without a collector, OTEL_EXPORTER_OTLP_ENDPOINT names another one`,
      'autospan: lost of 2 spans: 2 otlp expired'])
    assert.equal(ended, code)
    assert.ok(took < 1000, `${took} ms`)
  })

  test(`${how}: a collector that does not answer holds the end up for a second`, async () => {
    const { code: ended, took } = await ends(how, () => ({ status: 200, delay: 60_000 }))
    assert.equal(ended, code)
    assert.ok(took >= 850 && took < 2000, `${took} ms`)
  })
}

test('a collector that refuses is told of, and not asked twice', async () => {
  for (const how of ['natural', 'exit']) {
    const { sink, stderr } = await ends(how, () => 400)
    assert.deepEqual(lines(stderr), [`autospan: spans for ${sink.url}/v1/traces are dropped: it answered 400`, 'autospan: lost of 2 spans: 2 otlp refused'])
    assert.equal(sink.requests.length, 1)
  }
})

test('where Node\'s permissions allow no thread, what only that could have sent is lost, which is said', async () => {
  const has = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag)
  const node = [has('--permission') ? '--permission' : '--experimental-permission', '--allow-fs-read=*', ...(has('--allow-net') ? ['--allow-net'] : []), '--require', REGISTER]
  const { code, stderr, spans } = await run('ending.js', { args: ['exit'], node })
  const [why, lost] = lines(stderr)
  assert.match(why, /cannot be reached \(Access to this API has been restricted/)
  assert.deepEqual([code, lost, spans.length], [3, 'autospan: lost of 2 spans: 2 otlp expired', 0])
})

test('what was on its way at process.exit() arrives', async () => {
  const { sink } = await ends('exit', undefined, { OTEL_BSP_SCHEDULE_DELAY: '1' })
  assert.deepEqual([...new Set(sink.spans.map(({ kind }) => kind))].sort(), ['client', 'server'])
})

test('uncaught: the error is printed as ever', async () => {
  const { stderr } = await ends('throw')
  assert.match(stderr, /throw new Error\('unseen'\)\n/)
})

test('our connections keep no process alive: a server that hangs on to them is left behind', async () => {
  // It answers and keeps the connection open.
  const server = createServer(socket => socket.on('error', () => {}).on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { took } = await ends('natural', undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, OTEL_BSP_SCHEDULE_DELAY: '1' })
  assert.ok(took < 1000, `${took} ms`)
  server.close()
})

/** Run the application with a collector that goes down as it asks for it, and is back `after` so many milliseconds (0: never), or as it asks for it (undefined). */
async function restarted (how: string, after: number | undefined): Promise<{ code: number | null, stdout: string, said: string[], spans: number, took: number }> {
  let sink = await collector()
  const { url, spans } = sink
  const up = async (): Promise<void> => { sink = await collector(undefined, undefined, Number(new URL(url).port)) }
  let isUp: Promise<void> | undefined
  const control = createHttpServer(async (req, res) => {
    if (req.url === '/up') await (isUp = up())
    else {
      await sink.close()
      if (after !== undefined && after > 0) isUp = new Promise(resolve => setTimeout(resolve, after)).then(up)
    }
    res.end()
  })
  await new Promise<void>(resolve => control.listen(0, '127.0.0.1', resolve))
  const { code, stdout, stderr } = await run('restarted.js', {
    args: [how, ...(after === undefined ? ['back'] : [])],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, COLLECTOR_CONTROL: `http://127.0.0.1:${(control.address() as AddressInfo).port}`, OTEL_BSP_SCHEDULE_DELAY: after === undefined ? '50' : '60000' }
  })
  const took = Date.now() - Number(/^\d+/.exec(stdout)![0])
  control.close()
  await isUp
  const all = new Set([...spans, ...sink.spans].map(({ spanId }) => spanId)).size
  if (isUp !== undefined) await sink.close()
  return { code, stdout, said: lines(stderr), spans: all, took }
}

for (const [how, code] of [['natural', 0], ['exit', 3]] as const) {
  test(`${how}: a collector that restarts just then gets it all, and nothing is said`, async () => {
    const outcome = await restarted(how, 250)
    assert.deepEqual([outcome.code, outcome.said, outcome.spans], [code, [], 5])
  })

  test(`${how}: one that is back gets what could not be sent before`, async () => {
    const { code: ended, said, spans } = await restarted(how, undefined)
    assert.deepEqual([ended, spans, said.filter(line => line.includes('lost'))], [code, 6, []])
  })

  test(`${how}: one that was there and does not come back holds the end up for less than a second`, async () => {
    const { code: ended, stdout, said, spans, took } = await restarted(how, 0)
    assert.deepEqual([ended, spans, / 2\n$/.test(stdout), said.length], [code, 2, true, 2])
    assert.match(said[1], /^autospan: lost of 5 spans: 3 otlp expired$/)
    assert.ok(took < 2000, `${took} ms`)
  })
}
