// Each framework serves a request that asks each library for something slow. While all of them wait tracing is switched off; they ask again, as do requests that come then;
// and once more when it is on again. Prints what each has answered.
const http = require('node:http')
const express = require('express')
const fastify = require('fastify')
const Koa = require('koa')
const Redis = require('ioredis')
const { Pool } = require('pg')
const { createClient } = require('redis')
const { disable, enable } = require('autospan')

const { REDIS_HOST: host, REDIS_PORT: port } = process.env
const pool = new Pool({ max: 3 })
// What blocks a connection gets one for each framework.
const ioredis = [1, 2, 3].map(() => new Redis({ host, port }))
const redis = [1, 2, 3].map(() => createClient({ socket: { host, port } }))

/** Says whether it has heard of a trace; some requests it answers when they are let go. */
let held = []
let arrived
const peer = http.createServer((req, res) => {
  const answer = () => res.end(req.headers.traceparent === undefined ? 'told nothing' : 'told of a trace')
  if (req.url === '/now') return answer()
  held.push(answer)
  if (held.length === 6) arrived()
})
const address = (server, path) => `http://127.0.0.1:${server.address().port}${path}`
const get = url => new Promise((resolve, reject) => http.get(url, { agent: false }, answer => {
  let text = ''
  answer.setEncoding('utf8').on('data', part => { text += part }).on('end', () => resolve(text))
}).on('error', reject))

const asked = async (i, path, seconds) => (await Promise.all([
  pool.query('SELECT $1::text AS was, pg_sleep($2)', ['asked', seconds]).then(({ rows }) => rows[0].was),
  ioredis[i].blpop(`ioredis-${i}`, seconds || 0.01),
  redis[i].blPop(`redis-${i}`, seconds || 0.01),
  fetch(address(peer, path)).then(answer => answer.text()),
  get(address(peer, path))
])).join()
/** What a request is answered. The first of each framework is open while tracing is switched off. */
const served = async (i, path) => path === '/open' ? `${await asked(i, '/held', 0.5)}; ${await asked(i, '/now', 0)}` : await asked(i, '/now', 0)

async function listening () {
  const app = express().get('/:what', async (req, res) => { res.send(await served(0, req.path)) })
  const fast = fastify().get('/:what', async req => await served(1, req.url))
  const koa = new Koa().use(async ctx => { ctx.body = await served(2, ctx.path) })
  const servers = [http.createServer(app), fast.server, http.createServer(koa.callback())]
  await fast.ready()
  await Promise.all([peer, ...servers].map(server => new Promise(resolve => server.listen(0, '127.0.0.1', resolve))))
  return servers
}

async function main () {
  const servers = await listening()
  await Promise.all(redis.map(client => client.connect()))
  // A query that waits for its connection has not begun.
  for (const client of await Promise.all(servers.map(() => pool.connect()))) client.release()
  const all = async path => (await Promise.all(servers.map(server => get(address(server, path))))).forEach(text => console.log(path, text))
  const waiting = new Promise(resolve => { arrived = resolve })
  const open = all('/open')
  await waiting
  disable()
  await all('/off')
  for (const answer of held) answer()
  await open
  enable()
  await all('/on')
  for (const server of [peer, ...servers]) server.close()
  for (const client of ioredis) client.disconnect()
  for (const client of redis) client.destroy()
  await pool.end()
}
main()
