// Asks databases and a server, outside of any request and in one, and prints how many traces there were, and what the server was told of a trace.
const http = require('node:http')
const { status } = require('autospan')
const Redis = require('ioredis')
const { Pool } = require('pg')
const { createClient } = require('redis')

const { REDIS_HOST: host, REDIS_PORT: port } = process.env
const pool = new Pool()
const ioredis = new Redis({ host, port })
const redis = createClient({ socket: { host, port } })

const server = http.createServer(async (req, res) => {
  if (req.url === '/all') await all()
  else told.push(req.headers.traceparent === undefined ? 'nothing' : 'a trace')
  res.end()
})
const told = []
const address = path => `http://127.0.0.1:${server.address().port}${path}`
const get = path => new Promise(resolve => http.get(address(path), { agent: false }, answer => answer.resume().on('end', resolve)))

async function all () {
  await pool.query('SELECT 1')
  await ioredis.get('key')
  await ioredis.pipeline().get('key').get('other').exec()
  await redis.get('key')
  await redis.multi().get('key').get('other').exec()
  await (await fetch(address('/fetched'))).text()
  await get('/got')
}

server.listen(0, '127.0.0.1', async () => {
  await redis.connect()
  await all()
  await get('/all')
  console.log(status().traces.started, told.join())
  server.close()
  ioredis.disconnect()
  redis.destroy()
  await pool.end()
})
