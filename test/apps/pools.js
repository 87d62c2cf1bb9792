// Fifty requests at once, each through pools and agents of two connections, and then through clients that have just lost their connection.
const { once } = require('node:events')
const http = require('node:http')
const Redis = require('ioredis')
const Pool = require('pg-pool')
const { createClient } = require('redis')
const undici = require('undici')

const { REDIS_HOST: host, REDIS_PORT } = process.env
const options = { host, port: REDIS_PORT, retryStrategy: () => 20, maxRetriesPerRequest: null }
const pg = new Pool({ max: 2 })
const io = new Redis(options)
const automatic = new Redis({ ...options, enableAutoPipelining: true })
const client = createClient({ url: `redis://${host}:${REDIS_PORT}`, socket: { reconnectStrategy: () => 20 } }).on('error', () => {})
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

const far = http.createServer((req, res) => setTimeout(() => res.end(), 1))
let at
const get = path => new Promise((resolve, reject) => { http.get({ ...at, path, agent }, answer => answer.resume().on('end', resolve)).on('error', reject) })

const REQUESTS = 50
let here = 0
let all
const everybody = new Promise(resolve => { all = resolve })
const offline = everybody.then(cut)
/** Commands wait from here on, for connections that are made again for whoever comes first. */
async function cut () {
  const other = await client.duplicate().connect()
  const lost = [client, io, automatic].map(one => new Promise(resolve => one.once('reconnecting', resolve)))
  await other.sendCommand(['CLIENT', 'KILL', 'ID', String(await client.sendCommand(['CLIENT', 'ID']))])
  io.disconnect(true)
  automatic.disconnect(true)
  await Promise.all(lost)
  other.destroy()
}

const server = http.createServer(async (req, res) => {
  const id = req.url.slice(1)
  // None goes on before all are here.
  if (++here === REQUESTS) all()
  await everybody
  await Promise.all([
    pg.query('SELECT $1::text', [id]),
    get(`/agent/${id}`),
    at.pool.request({ path: `/pool/${id}`, method: 'GET' }).then(({ body }) => body.dump())
  ])
  await offline
  await Promise.all([io.get(`io:${id}`), automatic.get(`automatic:${id}`), client.get(`client:${id}`), io.pipeline().get(`one:${id}`).get(`two:${id}`).exec()])
  res.end()
})

async function main () {
  await Promise.all([client.connect(), once(far.listen(0, '127.0.0.1'), 'listening'), once(server.listen(0, '127.0.0.1'), 'listening'), once(io, 'ready'), once(automatic, 'ready')])
  const port = far.address().port
  at = { host: '127.0.0.1', port, pool: new undici.Pool(`http://127.0.0.1:${port}`, { connections: 2 }) }
  const requests = Array.from({ length: REQUESTS }, (_, id) => new Promise(resolve => {
    http.get({ host: '127.0.0.1', port: server.address().port, path: `/${id}`, agent: false }, answer => answer.resume().on('end', resolve))
  }))
  await Promise.all(requests)
  await pg.end()
  io.disconnect()
  automatic.disconnect()
  client.destroy()
  agent.destroy()
  await at.pool.close()
  for (const one of [far, server]) { one.close(); one.closeAllConnections() }
}
main()
