const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { Agent, createServer, get } = require('node:http')
const { MessageChannel, Worker } = require('node:worker_threads')

// Uses each library once, lets go of all that it had of it, and prints what is held nevertheless.
const seen = []
function noted (name, object) {
  seen.push({ name, ref: new WeakRef(object) })
  return object
}
async function listening (server) {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${server.address().port}/things/1`
}
async function asked (url, options) {
  const [answer] = await once(noted('request', get(url, options)), 'response')
  await once(noted('answer', answer).resume(), 'end')
}
async function closed (server) {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

const LIBRARIES = {
  async http () {
    const server = noted('server', createServer((req, res) => noted('response', res).end(noted('incoming', req).url)))
    const agent = noted('agent', new Agent({ keepAlive: true }))
    await asked(await listening(server), { agent })
    agent.destroy()
    await closed(server)
  },
  async undici () {
    const { Client } = require('undici')
    const server = createServer((req, res) => req.resume().on('end', () => res.end()))
    const url = await listening(server)
    const client = noted('client', new Client(new URL(url).origin))
    await (await client.request({ method: 'POST', path: '/', body: noted('body', Buffer.from('a body')) })).body.text()
    await client.close()
    await closed(server)
  },
  async pg () {
    const { Client, Pool } = require('pg')
    const client = noted('client', new Client())
    await client.connect()
    await new Promise(resolve => client.query('SELECT 1', noted('callback', () => resolve())))
    await client.end()
    const pool = noted('pool', new Pool())
    await pool.query('SELECT $1::int', [2])
    await pool.end()
  },
  async ioredis () {
    const Redis = require('ioredis')
    const redis = noted('client', new Redis(process.env.REDIS_PORT, process.env.REDIS_HOST))
    await redis.pipeline().get('released').exec()
    await redis.quit()
  },
  async redis () {
    const client = noted('client', require('redis').createClient({ socket: { host: process.env.REDIS_HOST, port: process.env.REDIS_PORT } }))
    await client.connect()
    await client.multi().get('released').exec()
    await client.close()
  },
  async express () {
    const app = noted('application', require('express')())
    app.get('/things/:id', noted('handler', (req, res) => res.end()))
    const server = createServer(app)
    await asked(await listening(server))
    await closed(server)
  },
  async koa () {
    const app = noted('application', new (require('koa'))())
    app.use(noted('middleware', async context => { context.body = 'ok' }))
    const server = createServer(app.callback())
    await asked(await listening(server))
    await closed(server)
  },
  async fastify () {
    const app = noted('application', require('fastify')())
    app.get('/things/:id', noted('handler', async () => 'ok'))
    await asked(`${await app.listen({ port: 0, host: '127.0.0.1' })}/things/1`, { agent: false })
    await app.close()
  },
  async threads () {
    const worker = noted('worker', new Worker('require("node:worker_threads").parentPort.once("message", () => process.exit())', { eval: true }))
    worker.postMessage('go')
    await once(worker, 'exit')
    const { port1, port2 } = new MessageChannel()
    noted('port', port1).postMessage('hello')
    await once(noted('port', port2), 'message')
    port1.close()
    port2.close()
  },
  async processes () { await once(noted('child', spawn(process.execPath, ['--eval', ''])), 'exit') }
}

const left = () => seen.filter(({ ref }) => ref.deref() !== undefined)

async function main () {
  const held = []
  for (const library in LIBRARIES) {
    await LIBRARIES[library]()
    // What was looked at lives until the turn is over. Each library has its own look: what is remembered of the last one is forgotten with the next.
    for (let turns = 0; turns < 100 && left().length > 0; turns++) {
      await new Promise(resolve => setTimeout(resolve, 20))
      gc()
    }
    for (const { name } of left()) held.push(`${library}: ${name}`)
    seen.length = 0
  }
  console.log(held.join(', '))
  process.exit()
}
main()
