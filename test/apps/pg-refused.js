const assert = require('node:assert')
const http = require('node:http')
const net = require('node:net')
const { Client, Pool } = require('pg')

const nowhere = { host: '127.0.0.1', port: 1, database: 'shop' }
const pool = new Pool({ ...nowhere, max: 1 })
const server = http.createServer((req, res) => {
  pool.query('SELECT 1').catch(error => {
    assert.equal(error.code, 'ECONNREFUSED')
    res.writeHead(500).end()
  })
}).listen(0, '127.0.0.1', async () => {
  await assert.rejects(new Client(nowhere).connect(), { code: 'ECONNREFUSED' })
  await assert.rejects(new Client({ ...nowhere, host: '/nowhere' }).connect(), { code: 'ENOENT' })
  const { port } = server.address()
  await Promise.all(Array.from({ length: 5 }, () => new Promise(resolve => {
    net.connect(port, '127.0.0.1').on('close', resolve).resume().write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  })))
  server.close()
})
