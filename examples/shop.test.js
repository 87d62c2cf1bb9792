'use strict'
// The shop, tested as its team would: with tracing (node --require autospan/register --test) and without (node --test).
const assert = require('node:assert/strict')
const { once } = require('node:events')
const { createServer } = require('node:http')
const { after, before, beforeEach, test } = require('node:test')
const { status } = require('autospan')
const { reset, settled, tree } = require('autospan/testing')

// The prices service is not here: this one answers as it would.
const prices = createServer((req, res) => { res.writeHead(answer).end('[{"sku":"teapot","percent":5}]') })
let answer, shop, url

before(async () => {
  await once(prices.listen(0), 'listening')
  Object.assign(process.env, { PORT: '0', PRICES_URL: `http://localhost:${prices.address().port}` })
  shop = require('./shop.js')
  await once(shop, 'listening')
  url = `http://localhost:${shop.address().port}`
})
beforeEach(() => { answer = 200; reset() })
after(() => { for (const server of [shop, prices]) { server.close(); server.closeAllConnections() } })

test('discounts are those of the prices service', async () => {
  const discounts = await fetch(`${url}/discounts`)
  assert.deepEqual([discounts.status, await discounts.json()], [200, [{ sku: 'teapot', percent: 5 }]])
})

test('without the prices service there are none', async () => {
  answer = 500
  assert.equal((await fetch(`${url}/discounts`)).status, 502)
})

test('one request makes one of the prices service', { skip: status() === undefined && 'without tracing' }, async () => {
  await fetch(`${url}/discounts`)
  await settled()
  assert.equal(tree({ show: ['http.response.status_code'] }), `
GET  client  http.response.status_code=200
  GET /discounts  server  http.response.status_code=200
    GET  client  http.response.status_code=200
      GET  server  http.response.status_code=200`.slice(1))
})

test('where it fails, the trace says so', { skip: status() === undefined && 'without tracing' }, async () => {
  answer = 500
  await fetch(`${url}/discounts`)
  await settled()
  assert.equal(tree(), `
GET  client  ERROR 502
  GET /discounts  server  ERROR 502
    GET  client  ERROR 500
      GET  server  ERROR 500`.slice(1))
})
