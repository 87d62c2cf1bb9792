const { bounce, letters, limit, send, Box } = require('./lib/mail.js')
const stock = require('./lib/stock.js')
const whole = require('./lib/whole.js')
const { OrderService } = require('./services/order.js')
const { InvoiceService } = require('./services/invoice.js')

async function main () {
  console.log(await send('me'), [...letters(2)], limit, new Box() instanceof Box)
  try { bounce() } catch (error) { console.log(error.code) }
  console.log(stock.take(2), stock.left, stock.default(), stock.__esModule, Object.keys(stock).join(), whole(1), whole.part(1), whole.name)
  console.log(await OrderService.open(1).place(3), await new InvoiceService(1).place(3), Object.keys(OrderService.prototype), OrderService.prototype.place.name)
}
main()
