import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../helper'
import { records } from '../records'

/** What it says, and what has come of it on its way into the line. */
const message = ({ msg, message, mixed, price, secret, payload }: any): string =>
  [msg ?? message, mixed, price, secret, payload && Object.keys(payload).sort()].filter(part => part !== undefined).join(' ')
const ALL = `
plain  linked
child  linked
linked  trace_id=mine
own  span_id=mine
shaped true 2.5 EUR  linked
nested step,trace_id  linked
failed  linked
text "trace_id":"x"  linked
several  linked`

records('pino: the ids on every record, but where the application has set them', 'pino.js', ALL, message)
records('pino: of an ES module', 'pino.mjs', 'plain  linked', message)
records('pino: by a transport in a worker', 'pino-transport.js', 'transport  linked', message)
records('pino: other names, without the flags', 'pino.mjs', 'plain  linked', message, { env: { AUTOSPAN_LOG_FIELDS: 'trace.id, span.id' } }, ['trace.id', 'span.id'])
records('pino: switched off', 'pino.mjs', 'plain', message, { env: { AUTOSPAN_PINO: 'off' } })

test('pino: a trace that is not sampled is told of, too', async () => {
  const { stdout, spans } = await run('pino.mjs', { env: { OTEL_TRACES_SAMPLER: 'always_off' } })
  assert.equal(spans.length, 0)
  const [start, ...inside] = stdout.trim().split('\n').map(line => JSON.parse(line))
  assert.ok(!('trace_id' in start))
  for (const record of inside) {
    assert.match(record.trace_id, /^[0-9a-f]{32}$/)
    assert.match(record.span_id, /^[0-9a-f]{16}$/)
    assert.equal(record.trace_flags, '00')
  }
  assert.equal(inside[0].trace_id, inside[1].trace_id)
})
