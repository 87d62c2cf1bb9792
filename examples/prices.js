'use strict'
// What things cost: koa, Postgres, and Redis by its own client. /discounts asks for a table that somebody forgot to create.
const Router = require('@koa/router')
const Koa = require('koa')
const { Pool } = require('pg')
const { createClient } = require('redis')

const { PORT, REDIS_URL } = process.env
const pool = new Pool()
const cache = REDIS_URL === undefined ? undefined : createClient({ url: REDIS_URL })
const app = new Koa()
const router = new Router()

app.use(async (ctx, next) => {
  try { await next() } catch (error) {
    ctx.status = 500
    ctx.body = { error: error.message }
  }
})

router.get('/prices/:sku', async ctx => {
  const { sku } = ctx.params
  const known = await cache?.get(`price:${sku}`)
  if (known != null) { ctx.body = { sku, price: Number(known) }; return }
  const { rows: [{ price }] } = await pool.query('SELECT price FROM prices WHERE sku = $1', [sku])
  await cache?.set(`price:${sku}`, price, { EX: 60 })
  ctx.body = { sku, price }
})

router.get('/discounts', async ctx => {
  const { rows } = await pool.query('SELECT sku, percent FROM discounts')
  ctx.body = rows
})

app.use(router.routes()).use(router.allowedMethods())
Promise.resolve(cache?.connect()).then(() => app.listen(PORT))
process.once('SIGTERM', () => process.exit())
