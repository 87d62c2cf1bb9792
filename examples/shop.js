'use strict'
// The shop, what a customer talks to: its orders are in Postgres, stock and prices are known by two other services.
const http = require('node:http')
const express = require('express')
const { Pool } = require('pg')

const { PORT, STOCK_URL, PRICES_URL } = process.env
const pool = new Pool()
const app = express()

async function stockOf (sku) {
  const answer = await fetch(`${STOCK_URL}/stock/${sku}`)
  return (await answer.json()).stock
}

const priceOf = sku => new Promise((resolve, reject) => {
  http.get(`${PRICES_URL}/prices/${sku}`, answer => {
    let body = ''
    answer.setEncoding('utf8').on('data', text => { body += text }).on('end', () => resolve(JSON.parse(body).price))
  }).on('error', reject)
})

app.get('/orders/:id', async (req, res) => {
  const { rows: [order] } = await pool.query('SELECT id, sku, pieces FROM orders WHERE id = $1', [req.params.id])
  if (order === undefined) return res.status(404).json({ error: 'there is no such order' })
  const [stock, price] = await Promise.all([stockOf(order.sku), priceOf(order.sku)])
  res.json({ ...order, stock, total: price * order.pieces })
})

app.get('/discounts', async (req, res) => {
  const answer = await fetch(`${PRICES_URL}/discounts`)
  if (!answer.ok) return res.status(502).json({ error: 'the prices service failed' })
  res.json(await answer.json())
})

module.exports = app.listen(PORT)
process.once('SIGTERM', () => process.exit())
