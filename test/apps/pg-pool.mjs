import pg from 'pg'

const { Client, Pool } = pg
const pool = new Pool({ max: 2 })

// A transaction, on one connection.
const client = await pool.connect()
await client.query('BEGIN')
await client.query('CREATE TEMP TABLE accounts (id int, amount int) ON COMMIT DROP')
try {
  await client.query({ text: 'UPDATE accounts SET amount = amount - $1 WHERE id = $2', values: [10, 1] })
  await client.query('SELECT 1 / 0')
} catch (error) {
  if (error.code !== '22012') throw error
  await client.query('ROLLBACK')
} finally {
  client.release()
}

// Several at once.
await Promise.all(['a', 'b', 'c'].map(name => pool.query(`SELECT ${Client.prototype.escapeLiteral(name)}`)))
await pool.query('SELECT 1; SELECT 2')
await pool.end()
