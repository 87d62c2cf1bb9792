const assert = require('node:assert')
const { once } = require('node:events')
const { Client } = require('pg')
const Cursor = require('pg-cursor')
const QueryStream = require('pg-query-stream')

const numbers = 'SELECT * FROM generate_series(1, $1) AS n'
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

async function main () {
  const client = new Client()
  await client.connect()

  // A cursor that is read to its end, in two ways, one that is closed, one that fails where nobody listens.
  const read = (cursor, count) => new Promise((resolve, reject) => cursor.read(count, (error, rows) => error ? reject(error) : resolve(rows)))
  const close = cursor => new Promise(resolve => cursor.close(resolve))
  const cursor = new Cursor(numbers, [5])
  assert.equal(client.query(cursor), cursor)
  assert.equal((await read(cursor, 3)).length, 3)
  await wait(20)
  assert.equal((await read(cursor, 3)).length, 2)
  const closed = client.query(new Cursor(numbers, [500]))
  assert.equal((await read(closed, 1)).length, 1)
  await close(closed)
  await assert.rejects(read(client.query(new Cursor('SELECT 1 / $1::int', [0])), 1))

  // A stream that is read to its end, two that are left, one that fails.
  let rows = 0
  for await (const row of client.query(new QueryStream(numbers, [300], { batchSize: 100 }))) {
    if (row.n === 1) await wait(20)
    rows++
  }
  assert.equal(rows, 300)
  for await (const row of client.query(new QueryStream(numbers, [300], { batchSize: 10 }))) if (row.n === 2) break
  const left = client.query(new QueryStream(numbers, [300], { batchSize: 10 }))
  left.once('data', () => left.destroy())
  await once(left, 'close')
  await assert.rejects(async () => { for await (const _ of client.query(new QueryStream('SELECT 1 / $1::int', [0]))); })
  await client.query('SELECT 1')
  await client.end()
}
main()
