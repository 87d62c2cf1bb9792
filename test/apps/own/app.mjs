import free, { change, changes, price, rounded, table, Tariff, where } from './lib/price.mjs'
import { early } from './lib/total.mjs'
import { bounce, letters, limit, send } from './lib/mail.js'
import main, { left, take } from './lib/stock.js'
import whole from './lib/whole.js'
import orders from './services/order.js'
import { InvoiceService } from './services/invoice.js'

console.log(await price('tea'), change(), changes, await Tariff.of('day').rate(), table.find('tea'), free(1), early, where.endsWith('/lib/price.mjs'))
console.log(price.name, price.length, rounded.name, free.name, Object.keys(await import('./lib/price.mjs')).join())
console.log(await send('me'), [...letters(2)], limit)
try { bounce() } catch (error) { console.log(error.code) }
console.log(take(2), left, typeof main.default, whole(1), whole.part(1))
console.log(await orders.OrderService.open(1).place(3), await new InvoiceService(1).place(3))
