import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from './readme'

// What the demo prints, without durations and ports, with a Redis.
const PICTURE = `
GET /orders/1 -> 200: an order: three services, Postgres and Redis
shop: GET /orders/:id  server  200  /orders/1
  SELECT orders  client  SELECT id, sku, pieces FROM orders WHERE id = $1
  GET  client  200  http://HOST/stock/teapot
    stock: GET /stock/:sku  server  200  /stock/teapot
      get  client  get stock:teapot
      SELECT shelves  client  SELECT sum(pieces)::int AS pieces FROM shelves WHERE sku = $1
      set  client  set stock:teapot ? ? ?
  GET  client  200  http://HOST/prices/teapot
    prices: GET /prices/:sku  server  200  /prices/teapot
      GET  client  GET price:teapot
      SELECT prices  client  SELECT price FROM prices WHERE sku = $1
      SET  client  SET price:teapot ? ? ?

GET /orders/1 -> 200: the same again: stock and price come from the cache
shop: GET /orders/:id  server  200  /orders/1
  SELECT orders  client  SELECT id, sku, pieces FROM orders WHERE id = $1
  GET  client  200  http://HOST/stock/teapot
    stock: GET /stock/:sku  server  200  /stock/teapot
      get  client  get stock:teapot
  GET  client  200  http://HOST/prices/teapot
    prices: GET /prices/:sku  server  200  /prices/teapot
      GET  client  GET price:teapot

GET /orders/42 -> 404: an order that there is not
shop: GET /orders/:id  server  404  /orders/42
  SELECT orders  client  SELECT id, sku, pieces FROM orders WHERE id = $1

GET /discounts -> 502: a query that fails, one service away
shop: GET /discounts  server  ERROR 502  /discounts
  GET  client  ERROR 500  http://HOST/discounts
    prices: GET /discounts  server  ERROR 500  /discounts
      SELECT discounts  client  ERROR 42P01: relation "discounts" does not exist  SELECT sku, percent FROM discounts
`

test('the demo draws one trace for each request, and ends well', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'examples/demo.js')], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => { stdout += text })
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  const code = await new Promise(resolve => child.on('close', resolve))
  const drawn = stdout.slice(stdout.indexOf('\nGET')).replace(/^ *[\d.]+ m?s  /gm, '').replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/ +$/gm, '').replace(/(?<=\S)  +/g, '  ')
  assert.equal(drawn, PICTURE, stderr)
  assert.equal(stderr, '')
  assert.equal(code, 0)
})
