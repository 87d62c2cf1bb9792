const Koa = require('koa')
const Router = require('@koa/router')
const { ask } = require('./ask')

const app = new Koa()
app.silent = true
const router = new (Router.Router ?? Router)({ prefix: '/users' })
router.get('/:id', async ctx => { ctx.body = 'user' })
router.get('/:id/fails', async () => { throw new TypeError('thrown') })
app.use(async function around (ctx, next) {
  await next()
  await new Promise(resolve => setImmediate(resolve))
})
app.use(async function slow (ctx, next) {
  if (ctx.query.slow) await new Promise(resolve => setTimeout(resolve, 80))
  await next()
})
app.use(router.routes())
app.use(function answer (ctx) { ctx.body = 'nothing here' })

ask(app.callback(), ['GET /users/1?slow=1', 'GET /users/1/fails', 'GET /missing'])
