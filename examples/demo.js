'use strict'
// The demo: three services that know nothing of tracing, each started with the preload, a few requests, and the trace of each request.
const { spawn } = require('node:child_process')
const { join } = require('node:path')
const Redis = require('ioredis')
const { Client } = require('pg')
const { collector } = require('../dist/test/collector.js')
const { SERVICES, answering, ended, freePort, held } = require('../dist/test/services.js')

const REQUESTS = [
  { path: '/orders/1', about: 'an order: all services, two databases' },
  { path: '/orders/1', about: 'the same again: stock and price are cached' },
  { path: '/orders/42', about: 'an order that there is not' },
  { path: '/discounts', about: 'a query that fails, one service away' }
]
const TABLES = `
  CREATE TABLE orders AS SELECT 1 AS id, 'teapot' AS sku, 2 AS pieces;
  CREATE TABLE shelves AS SELECT 'teapot' AS sku, 5 AS pieces FROM generate_series(1, 3);
  CREATE TABLE prices AS SELECT 'teapot' AS sku, 995 AS price`

/** Start examples/<file> as a user would, with the preload before it; resolves once it listens. */
const service = (file, port, env) => held(async () => {
  const name = file.split('.', 1)[0]
  console.log(`OTEL_SERVICE_NAME=${name} node --require ./register.js examples/${file}`)
  const child = spawn(process.execPath, ['--require', join(__dirname, '../register.js'), join(__dirname, file)],
    { env: { ...env, PORT: String(port), OTEL_SERVICE_NAME: name }, stdio: ['ignore', 'ignore', 'inherit'] })
  await answering(port, child, file)
  return { env: {}, stop: () => ended(child) }
})()

async function fill (address) {
  const admin = new Client(address)
  await admin.connect()
  await admin.query('DROP DATABASE IF EXISTS shop')
  await admin.query('CREATE DATABASE shop')
  await admin.end()
  const shop = new Client({ ...address, database: 'shop' })
  await shop.connect()
  await shop.query(TABLES)
  await shop.end()
}

async function main () {
  const running = []
  const started = async promise => { const service = await promise; running.push(service); return service.env }
  const sink = await collector()
  try {
    console.log('Postgres and Redis are started ...')
    const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = await started(SERVICES.postgres())
    await fill({ host: PGHOST, port: PGPORT, user: PGUSER, password: PGPASSWORD, database: 'postgres' })
    const { REDIS_HOST, REDIS_PORT } = await started(SERVICES.redis()).catch(error => {
      console.log(`${error.message}: the demo goes on without a cache.`)
      return {}
    })
    const env = {
      PATH: process.env.PATH, PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE: 'shop',
      ...REDIS_HOST && { REDIS_URL: `redis://${REDIS_HOST}:${REDIS_PORT}` },
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json'
    }
    const [shop, stock, prices] = [await freePort(), await freePort(), await freePort()]
    await started(service('prices.js', prices, env))
    await started(service('stock.mjs', stock, env))
    await started(service('shop.js', shop, { ...env, STOCK_URL: `http://127.0.0.1:${stock}`, PRICES_URL: `http://127.0.0.1:${prices}` }))

    for (const request of REQUESTS) request.status = (await fetch(`http://127.0.0.1:${shop}${request.path}`)).status
  } finally {
    for (const { stop } of running.reverse()) await stop()
    await sink.close()
  }
  console.log(sink.spans.map(s => `${s.traceId.slice(0, 4)} ${s.resource['service.name']} ${s.name} ${s.kind} ${s.status.code} < ${s.parentSpanId}`).join('\n'))
}
main()
