const assert = require('node:assert')
const { Writable } = require('node:stream')
const { finished } = require('node:stream/promises')
const Bluebird = require('bluebird')
const { Client, Pool, Query } = require('pg')
const { span } = require('autospan')

async function main () {
  const client = new Client()
  await client.connect()

  // A Query with listeners; what comes back is the object itself.
  await new Promise((resolve, reject) => {
    const query = new Query('SELECT 1 AS one')
    assert.equal(client.query(query), query)
    query.on('row', row => assert.equal(row.one, 1)).on('end', resolve).on('error', reject)
  })
  await new Promise(resolve => client.query(new Query('BOGUS')).on('error', resolve))

  // A Query with a callback, its own or given along.
  await new Promise(resolve => client.query(new Query('BOGUS', error => { assert.equal(error.code, '42601'); resolve() })))
  await new Promise(resolve => client.query(new Query('SELECT 2'), resolve))

  // A stream with an empty callback on its prototype, for pg to hang a time limit on: pg-copy-streams has such ones for COPY FROM.
  class Copy extends Writable {
    constructor (text) { super(); this.text = text }
    submit (connection) { this.connection = connection; connection.query(this.text) }
    callback () {}
    handleError (error) { this.callback(); this.destroy(error) }
    handleCopyInResponse () { this.connection.endCopyFrom() }
    handleCommandComplete () {}
    handleReadyForQuery () { this.callback(); this.end() }
  }
  await client.query('CREATE TEMP TABLE copied (id int)')
  await finished(client.query(new Copy('COPY copied FROM STDIN')))
  await assert.rejects(finished(client.query(new Copy('COPY nowhere FROM STDIN'))), { code: '42P01' })

  // A config is used again and again, and stays as it was.
  const calls = []
  const config = Object.freeze({ text: 'SELECT 3', callback: error => calls.push(error) })
  for (let i = 0; i < 3; i++) client.query(config)
  await client.query('SELECT 4')
  assert.equal(calls.length, 3)

  // Undefined where a callback may stand.
  await new Promise(resolve => client.query('SELECT 5 FROM pg_sleep(0.02)', resolve, undefined))
  await new Promise(resolve => client.query('SELECT 5 FROM pg_sleep(0.02)', [], resolve, undefined))
  assert.throws(() => client.query(undefined), TypeError)

  // A library on top puts the query in front of what the server said.
  const text = "SELECT 'a literal' FROM nowhere"
  const query = () => client.query(text).catch(error => { throw Object.assign(error, { message: `${text} - ${error.message}` }) })
  await assert.rejects(span('report', query), { message: `${text} - relation "nowhere" does not exist` })
  await client.end()

  // Promises of another library.
  const pool = new Pool({ Promise: Bluebird })
  await pool.query('SELECT 6')
  const other = await pool.connect()
  const promise = other.query('BOGUS')
  assert.ok(promise instanceof Bluebird)
  await promise.catch(error => assert.equal(error.code, '42601'))
  other.release()
  await pool.end()
}
main()
