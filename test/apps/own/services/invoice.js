'use strict'
class InvoiceService {
  constructor (discount) { this.discount = discount }
  async place (n) { await null; return this.price(n) }
  price (n) { return n - this.discount }
  static open (discount) { return new this(discount) }
}
exports.InvoiceService = InvoiceService
