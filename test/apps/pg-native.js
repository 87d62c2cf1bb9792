// Ten requests at once, on a pool of two connections of libpq.
const assert = require('node:assert')
const http = require('node:http')
const net = require('node:net')
const { Pool, Query } = require('pg').native

const pool = new Pool({ max: 2 })
const server = http.createServer((req, res) => {
  const fail = error => { if (error) { console.error(error); process.exit(1) } }
  pool.query("SELECT 'a' FROM one", error => {
    assert.equal(error.code, '42P01')
    pool.query('SELECT $1::int FROM pg_sleep(0)', [2]).then(() => {
      pool.connect((error, client, release) => {
        fail(error)
        client.query({ name: 'three', text: 'SELECT $1::int', values: [3] }, error => {
          fail(error)
          const query = new Query('SELECT 4')
          assert.equal(client.query(query), query)
          query.on('row', () => {}).on('end', () => {
            client.query(new Query('SELECT five', error => {
              assert.equal(error.code, '42703')
              client.query('BEGIN; COMMIT').then(() => { release(); res.end() })
            }))
          })
        })
      })
    })
  })
}).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  await Promise.all(Array.from({ length: 10 }, () => new Promise(resolve => {
    net.connect(port, '127.0.0.1').on('close', resolve).resume().write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  })))
  server.close()
  await pool.end()
})
