import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, traces } from '../helper'

traces('pg: promises, callbacks, errors', 'pg.js', `
CREATE TABLE users  client
INSERT users  client
SELECT users  client
SELECT users  client
INSERT users  client  ERROR 23505
BOGUS  client  ERROR 42601
SELECT  client
BOGUS  client  ERROR 42601
SELECT  client`, { needs: ['postgres'] })

traces('pg: an ES module, a pool, a transaction, several statements in one text', 'pg-pool.mjs', `
BEGIN  client  db.query.text=BEGIN
CREATE TABLE accounts  client  db.query.text=CREATE TEMP TABLE accounts (id int, amount int) ON COMMIT DROP
UPDATE accounts  client  db.query.text=UPDATE accounts SET amount = amount - $1 WHERE id = $2
SELECT  client  ERROR 22012  db.query.text=SELECT ? / ?  db.response.status_code=22012
ROLLBACK  client  db.query.text=ROLLBACK
SELECT  client  db.query.text=SELECT ?
SELECT  client  db.query.text=SELECT ?
SELECT  client  db.query.text=SELECT ?
BATCH SELECT  client  db.query.text=SELECT ?; SELECT ?  db.operation.batch.size=2`,
{ needs: ['postgres'], show: ['db.query.text', 'db.response.status_code', 'db.operation.batch.size'] })

test('pg: Query objects, streams, configs, a callback before undefined, promises of another library', async () => {
  const { code, stderr, spans } = await run('pg-objects.js', { needs: ['postgres'] })
  assert.equal(code, 0, stderr)
  assert.equal(drawn(spans), `
SELECT  client
BOGUS  client  ERROR 42601
BOGUS  client  ERROR 42601
SELECT  client
CREATE TABLE copied  client
COPY copied  client
COPY nowhere  client  ERROR 42P01
SELECT  client
SELECT  client
SELECT  client
SELECT  client
SELECT pg_sleep  client
SELECT pg_sleep  client
postgres  client  ERROR TypeError
report  internal  ERROR 42P01
  SELECT nowhere  client  ERROR 42P01
SELECT  client
BOGUS  client  ERROR 42601`.trimStart())
  for (const { name, startedAt, endedAt } of spans) if (name === 'SELECT pg_sleep') assert.ok(endedAt - startedAt >= 20_000_000n, 'ended with its callback')
  assert.equal(spans.find(({ name }) => name === 'report')!.status.message, 'relation "nowhere" does not exist')
})

test('pg-cursor, pg-query-stream: a span from the call to the last row, the close, or the error', async () => {
  const { code, stderr, spans } = await run('pg-rows.js', { needs: ['postgres'] })
  assert.equal(code, 0, stderr)
  assert.equal(drawn(spans, ['db.response.status_code']), `
SELECT generate_series  client
SELECT generate_series  client
SELECT  client  ERROR 22012  db.response.status_code=22012
SELECT generate_series  client
SELECT generate_series  client
SELECT generate_series  client
SELECT  client  ERROR 22012  db.response.status_code=22012
SELECT  client`.trimStart())
  const inOrder = spans.sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)
  for (const slow of [0, 3]) assert.ok(inOrder[slow].endedAt - inOrder[slow].startedAt >= 20_000_000n, 'the application took 20 ms between two reads')
  const last = inOrder.pop()!
  for (const { endedAt } of inOrder) assert.ok(endedAt <= last.startedAt, 'ended with its rows')
})

for (const [sampled, env] of [['all', {}], ['half of them', { UNSAMPLED: '1' }]] as const) {
  test(`pg: fifty requests at once on a pool of two, ${sampled} sampled, each with its own queries`, async () => {
    const { code, stderr, spans } = await run('pg-requests.js', { needs: ['postgres'], env })
    assert.equal(code, 0, stderr)
    const requests = new Map(spans.filter(({ kind }) => kind === 'server').map(span => [span.spanId, span]))
    const seen: Record<string, string[]> = {}
    for (const { kind, parentSpanId, traceId, attributes } of spans) {
      if (kind !== 'client') continue
      const [, path, step] = /request (\S+) step (\d)/.exec(String(attributes['db.query.text']))!
      const parent = requests.get(parentSpanId)
      assert.equal(parent?.attributes['url.path'], path, `step ${step}`)
      assert.equal(parent?.traceId, traceId)
      ;(seen[path] ??= []).push(step)
    }
    const numbers = Array.from({ length: 50 }, (_, n) => n).filter(n => env.UNSAMPLED === undefined || n % 2 === 0)
    assert.deepEqual(Object.fromEntries(Object.entries(seen).map(([path, steps]) => [path, steps.sort().join('')])),
      Object.fromEntries(numbers.map(n => [`/${n}`, '12345678'])))
  })
}

traces('pg: a connection that is refused is a failed span of the request that asked for it', 'pg-refused.js', `
connect shop  client  ERROR ECONNREFUSED  db.namespace=shop  server.address=127.0.0.1  server.port=1
connect shop  client  ERROR ENOENT  db.namespace=shop  server.address=/nowhere
${`GET  server  ERROR 500  server.address=x
  connect shop  client  ERROR ECONNREFUSED  db.namespace=shop  server.address=127.0.0.1  server.port=1
`.repeat(5)}`, { show: ['db.namespace', 'server.address', 'server.port', 'db.response.status_code'] })

test('pg: a rejection that nobody catches ends the application as it would without us', async () => {
  const [traced, plain] = await Promise.all([run('pg-unhandled.js', { needs: ['postgres'] }), run('pg-unhandled.js', { needs: ['postgres'], node: [] })])
  assert.equal(plain.code, 1)
  assert.equal(traced.code, plain.code)
  assert.match(plain.stderr, /error: relation "this" does not exist[^]*code: '42P01'/)
  const told = (text: string): string => text.replace(/^ +at .*\n/gm, '')
  assert.equal(told(traced.stderr), told(plain.stderr))
})
