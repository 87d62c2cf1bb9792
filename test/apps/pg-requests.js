// Fifty requests at once, on a pool of two connections. Those with an odd number are not sampled if UNSAMPLED says so.
const http = require('node:http')
const net = require('node:net')
const { Query } = require('pg')
const Cursor = require('pg-cursor')
const Pool = require('pg-pool')

const pool = new Pool({ max: 2 })
const server = http.createServer((req, res) => {
  const text = step => `SELECT $1::text AS "request ${req.url} step ${step}"`
  const values = ['a']
  const fail = error => { if (error) { console.error(error); process.exit(1) } }
  pool.query(text(1), values, error => {
    fail(error)
    pool.query(text(2), values).then(() => {
      pool.connect((error, client, release) => {
        fail(error)
        client.query({ text: text(3), values, callback (error) {
          fail(error)
          client.query(new Query(text(4), values)).on('row', () => {
            client.query(text(5), values, fail)
          }).on('end', () => {
            const cursor = client.query(new Cursor(`${text(6)} FROM generate_series(1, 9)`, values))
            cursor.read(5, error => {
              fail(error)
              client.query(text(7), values, fail)
              cursor.close(() => client.query(text(8), values).then(() => { release(); res.end() }))
            })
          })
        } })
      })
    })
  })
}).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  await Promise.all(Array.from({ length: 50 }, (_, n) => new Promise(resolve => {
    const flags = process.env.UNSAMPLED && n % 2 === 1 ? '00' : '01'
    const id = String(n + 1).padStart(16, '0')
    net.connect(port, '127.0.0.1').on('close', resolve).resume()
      .write(`GET /${n} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntraceparent: 00-${id}${id}-${id}-${flags}\r\n\r\n`)
  })))
  server.close()
  await pool.end()
})
