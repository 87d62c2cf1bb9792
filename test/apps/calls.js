// A shop that traces by autospan's own calls what is not traced by itself. What it prints is the same with tracing and without.
const assert = require('node:assert/strict')
const { EventEmitter } = require('node:events')
const { active, span, traced } = require('autospan')

const soldOut = Object.assign(new Error('sold out'), { code: 'SOLD_OUT' })
const price = traced(function price (sku, pieces) { return pieces * 2 }, { attributes: (sku, pieces) => ({ 'shop.sku': sku, 'shop.pieces': pieces }) })
const reserve = traced(async sku => { await null; price(sku, 3); return 'reserved' }, { name: 'reserve stock', kind: 'client', attributes: { 'shop.tenant': 'acme' } })
const fails = traced(() => { throw soldOut }, { name: 'fails' })
const rejects = traced(async function rejects () { await null; throw soldOut })
const noisy = traced(() => 1, { name: 'noisy', level: 'debug' })
const careless = traced(() => 2, { name: 'careless', attributes: () => { throw new Error('no attributes today') } })
const shelf = traced(function * shelf (n) { for (let i = 0; i < n; i++) { price('cup', i); yield i } })
const pages = traced(async function * pages () { yield 1; await null; yield 2; throw soldOut })
const emitter = traced(() => new EventEmitter(), { name: 'emitter' })

/** A promise that does nothing before somebody waits for it. */
class Query { then (resolve) { this.sent = (this.sent ?? 0) + 1; resolve(this.sent) } }
const query = traced(() => new Query(), { name: 'query' })
class Basket { constructor () { this.lines = [] } }
const Traced = traced(Basket)

async function main () {
  const out = await span('price order', { attributes: { 'order.id': 7 } }, async order => {
    order.setAttribute('order.lines', 2).addEvent('looked')
    console.log(price('tea', 2), await reserve('tea'))
    return span('nested', inner => { inner.updateName('renamed'); return noisy() })
  })
  console.log(out, active())
  assert.throws(fails, error => error === soldOut)
  await assert.rejects(rejects, error => error === soldOut)
  console.log(careless(), careless(), price.name, price.length, reserve.constructor.name)
  console.log([...shelf(2)])
  for (const first of shelf(5)) { console.log(first); break }
  shelf(1)
  const seen = []
  await assert.rejects(async () => { for await (const page of pages()) seen.push(page) }, error => error === soldOut)
  console.log(seen, await query(), emitter().listenerCount('end'), new Traced() instanceof Basket, new Traced() instanceof Traced)
}
main()
