import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collector } from './collector'
import { run, type Run } from './helper'

const told = async (options: Run = {}): Promise<any> => JSON.parse((await run('status.js', options)).stdout)

test('what was started, joined, sampled, ended and exported', async () => {
  const { patches, ...counts } = await told()
  assert.deepEqual(counts, { enabled: true, traces: { started: 1, joined: 3, sampled: 2 }, started: 2, ended: 2, open: 0, forgotten: 0, exported: 2, held: { kept: 0, passed: 0 }, dropped: {} })
  assert.deepEqual([patches.http, patches.pg], ['on', 'on'])
})

test('what was lost, where and why; of several exporters each counts', async () => {
  const sink = await collector(() => 400)
  const { exported, dropped } = await told({ env: { OTEL_TRACES_EXPORTER: 'otlp,zipkin', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_ZIPKIN_ENDPOINT: sink.url } })
  assert.deepEqual([exported, dropped], [0, { 'otlp refused': 2, 'zipkin refused': 2 }])
  await sink.close()
})

test('a patch that is switched off; no exporter at all; nothing is recorded; no preload', async () => {
  const off = await told({ env: { AUTOSPAN_PG: 'off', OTEL_TRACES_EXPORTER: 'none' } })
  assert.deepEqual([off.patches.pg, off.patches.http, off.ended, off.exported, off.dropped], ['off', 'on', 2, 0, {}])
  const { traces, started, ended } = await told({ env: { OTEL_TRACES_SAMPLER: 'always_off' } })
  assert.deepEqual([traces.sampled, started, ended], [0, 0, 0])
  const kept = await told({ env: { OTEL_TRACES_SAMPLER: 'always_off', AUTOSPAN_KEEP: 'errors' } })
  assert.deepEqual([kept.traces.sampled, kept.started, kept.ended, kept.held], [0, 4, 0, { kept: 0, passed: 4 }])
  assert.equal(await told({ node: [] }), null)
  assert.equal(await told({ env: { AUTOSPAN_ENABLED: 'false' } }), null)
})
