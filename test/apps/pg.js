const { Client } = require('pg')

const client = new Client()
client.connect(async () => {
  await client.query('CREATE TEMP TABLE users (id int PRIMARY KEY, name text)')
  await client.query('INSERT INTO users VALUES ($1, $2)', [1, 'Ann'])
  await client.query({ name: 'find', text: 'SELECT name FROM users WHERE id = $1', values: [1] })
  await client.query("SELECT name FROM users WHERE name = 'Ann' AND id IN (1, 2, 3)")
  await client.query("INSERT INTO users VALUES (1, 'Bob')").catch(() => {})
  await client.query('BOGUS').catch(() => {})
  client.query('SELECT 1', (error, result) => {
    if (error || result.rowCount !== 1) throw error
    client.query('BOGUS', error => {
      if (error.code !== '42601') throw error
      client.query({ text: 'SELECT 2', callback: () => client.end() })
    })
  })
})
