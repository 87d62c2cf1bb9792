// What is in stock: an ES module on fastify, with Postgres and, where there is one, a Redis in front of it.
import fastify from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'

const { PORT, REDIS_URL } = process.env
const pool = new pg.Pool()
const cache = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL)
const app = fastify()

app.get('/stock/:sku', async ({ params: { sku } }) => {
  const known = await cache?.get(`stock:${sku}`)
  if (known != null) return { sku, stock: Number(known) }
  const { rows: [{ pieces }] } = await pool.query('SELECT sum(pieces)::int AS pieces FROM shelves WHERE sku = $1', [sku])
  await cache?.set(`stock:${sku}`, pieces, 'EX', 60)
  return { sku, stock: pieces }
})

await app.listen({ port: PORT, host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit())
