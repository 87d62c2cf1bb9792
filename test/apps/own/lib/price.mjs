import { total } from './total.mjs'

export let changes = 0
export function change () { return ++changes }
export const price = async sku => { await null; return total(sku.length) }
export class Tariff {
  static of (name) { return new Tariff(name) }
  constructor (name) { this.name = name }
  async rate () { await null; return this.name }
}
export const table = { find (sku) { return sku } }
// price.mjs and total.mjs import each other, and this is called before it has run.
export function rounded (n) { return Math.round(n) }
export default function (n) { return n }
export const where = import.meta.url
