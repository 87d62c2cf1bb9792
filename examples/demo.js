'use strict'
// The demo: three services that know nothing of tracing, each started with the preload, a few requests, and the trace of each request.
const { once } = require('node:events')
const { join } = require('node:path')
const Redis = require('ioredis')
const { Client } = require('pg')
const { row, tree } = require('../dist/src/export/console.js')
const { collector } = require('../dist/test/collector.js')
const { SERVICES, answering, freePort, listens, supervised } = require('../dist/test/services.js')

const REQUESTS = [
  { path: '/orders/1', about: 'an order: three services, Postgres and Redis' },
  { path: '/orders/1', about: 'the same again: stock and price come from the cache' },
  { path: '/orders/42', about: 'an order that there is not' },
  { path: '/discounts', about: 'a query that fails, one service away' }
]
const TABLES = `
  CREATE TABLE orders AS SELECT 1 AS id, 'teapot' AS sku, 2 AS pieces;
  CREATE TABLE shelves AS SELECT 'teapot' AS sku, 5 AS pieces FROM generate_series(1, 3);
  CREATE TABLE prices AS SELECT 'teapot' AS sku, 995 AS price`

/** A database with an order in it, and nothing cached. */
async function fill (address, redisHost, redisPort) {
  const run = async (database, ...texts) => {
    const client = new Client({ ...address, database })
    await client.connect()
    for (const text of texts) await client.query(text)
    await client.end()
  }
  await run('postgres', 'DROP DATABASE IF EXISTS shop', 'CREATE DATABASE shop')
  await run('shop', TABLES)
  if (redisHost === undefined) return
  const redis = new Redis(redisPort, redisHost)
  await redis.del('stock:teapot', 'price:teapot')
  await redis.quit()
}

/** Start examples/<file> as a user would, with the preload before it; resolves once it listens. */
async function service (file, port, env) {
  const name = file.split('.', 1)[0]
  console.log(`  OTEL_SERVICE_NAME=${name} node --require ./register.js examples/${file}`)
  const child = supervised(process.execPath, ['--require', join(__dirname, '../register.js'), join(__dirname, file)],
    { env: { ...env, PORT: String(port), OTEL_SERVICE_NAME: name }, stdio: ['pipe', 'ignore', 'inherit'] })
  await answering(child, file, () => listens(port))
  return { stop: async () => { child.kill('SIGTERM'); await once(child, 'exit') } }
}

/** The spans of all services as one tree; each service is named where a request arrives at it. */
function draw (spans) {
  const rows = spans.map(({ spanId, parentSpanId, startedAt, endedAt, name, kind, attributes, status, resource }) => row({
    id: spanId, parent: parentSpanId, startedAt: Number(startedAt) / 1e6, endedAt: Number(endedAt) / 1e6, kind, attributes,
    name: kind === 'server' ? `${resource['service.name']}: ${name}` : name,
    status: status.code === 2 ? { code: 'error', message: status.message } : undefined, error: attributes['error.type']
  }))
  const { isTTY = false, columns } = process.stdout
  return tree(rows, { color: isTTY && !process.env.NO_COLOR, columns: isTTY ? columns : 200 })
}

/** The spans by trace, in the order in which the traces began. */
function tracesOf (spans) {
  const traces = new Map()
  for (const span of [...spans].sort((a, b) => Number(a.startedAt - b.startedAt))) {
    if (!traces.has(span.traceId)) traces.set(span.traceId, [])
    traces.get(span.traceId).push(span)
  }
  return [...traces.values()]
}

async function main () {
  const running = []
  const started = async service => { running.push(await service); return running.at(-1).env }
  const sink = await collector()
  try {
    console.log('Postgres, Redis and three services are started:')
    const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = await started(SERVICES.postgres())
    const { REDIS_HOST, REDIS_PORT } = await started(SERVICES.redis()).catch(error => {
      console.log(`  ${error.message}; the demo goes on without a cache`)
      return {}
    })
    await fill({ host: PGHOST, port: PGPORT, user: PGUSER, password: PGPASSWORD }, REDIS_HOST, REDIS_PORT)
    const env = {
      PATH: process.env.PATH, PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE: 'shop',
      ...REDIS_HOST !== undefined && { REDIS_URL: `redis://${REDIS_HOST}:${REDIS_PORT}` },
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url
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

  const traces = tracesOf(sink.spans)
  for (const trace of traces) {
    const request = REQUESTS[traces.indexOf(trace)]
    console.log(request === undefined ? '' : `\nGET ${request.path} -> ${request.status}: ${request.about}`)
    process.stdout.write(draw(trace))
  }
  if (traces.length === REQUESTS.length) return
  console.error(`\nThere were ${REQUESTS.length} requests, but there are ${traces.length} traces.`)
  process.exitCode = 1
}
main()
