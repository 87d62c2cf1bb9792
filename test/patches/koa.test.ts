import { traces } from '../helper'
import { crowds, routes } from '../routes'

const TABLE = `
GET / -> GET / 200
GET / -> GET / 200
GET /users/7 -> GET /users/:id 200
HEAD /users/7 -> HEAD /users/:id 200
GET /users/me -> GET /users/me 200
POST /users -> POST /users 200
GET /named/1 -> GET /named/:x 200
GET /one -> GET /one 200
GET /two/2 -> GET /two/:n 200
GET /commits/abc -> GET /^\\/commits\\/(\\w+)$/ 200
PATCH /anything -> PATCH /anything 200
GET /chain -> GET /chain 200
GET /first/1 -> GET /first/:b 200
GET /files/a/b.c -> GET /files/:dir/:file 200
GET /throws/1 -> GET /throws/:id 500
GET /caught/1 -> GET /caught/:id 400
GET /status/1 -> GET /status/:id 403
GET /streams/1 -> GET /streams/:id 200
GET /raw/1 -> GET /raw/:id 404
GET /silent/1 -> GET /silent/:id 404
GET /old -> GET /old 301
GET /guarded/1 -> GET /guarded/:id 401
GET /authors/9/posts -> GET /authors/:author/posts 200
GET /authors/9/posts/2 -> GET /authors/:author/posts/:post 200
GET /param/good -> GET /param/:checked 200
GET /param/bad -> GET /param/:checked 400
GET /api -> GET /api 200
GET /api/things/1 -> GET /api/things/:id 200
GET /api/deep/3/end -> GET /api/deep/:level/end 200
GET /late/x/1 -> GET /late/x/:y 200
GET /passes/1 -> GET /passes/:again 200
GET /mnt/hello/you -> GET /mnt/hello/:name 200
GET /mnt/inner -> GET /mnt/inner 200
GET /mnt/inner/1 -> GET /mnt/inner/:x 200
OPTIONS /users/7 -> OPTIONS 200
DELETE /users/7 -> DELETE 405
HTTP /users/7 -> HTTP 501
GET /missing -> GET 404
GET /mnt/missing -> GET 404`

routes('koa with @koa/router: routes', 'koa.js', TABLE)
routes('koa with koa-router: routes', 'koa-router.js', TABLE)
crowds('koa: many requests at once, of an ES module', 'koa.mjs')

const env = { AUTOSPAN_IGNORE_OUTGOING: '127.0.0.1' }
traces('koa: every layer', 'koa-layers.js', `
GET /users/:id  server
  middleware - around  internal  koa.name=around  koa.type=middleware
  middleware - slow  internal  koa.name=slow  koa.type=middleware
  router - /users  internal  koa.name=/users  koa.type=router
GET /users/:id/fails  server  ERROR 500
  middleware - around  internal  koa.name=around  koa.type=middleware
  middleware - slow  internal  koa.name=slow  koa.type=middleware
  router - /users  internal  ERROR TypeError  koa.name=/users  koa.type=router
GET  server
  middleware - around  internal  koa.name=around  koa.type=middleware
  middleware - slow  internal  koa.name=slow  koa.type=middleware
  router - /users  internal  koa.name=/users  koa.type=router
  middleware - answer  internal  koa.name=answer  koa.type=middleware`, { env: { ...env, AUTOSPAN_KOA_MIDDLEWARE: 'all' }, show: ['koa.name', 'koa.type'] })
traces('koa: slow and failing layers', 'koa-layers.js', `
GET /users/:id  server
  middleware - slow  internal
GET /users/:id/fails  server  ERROR 500
  router - /users  internal  ERROR TypeError
GET  server`, { env: { ...env, AUTOSPAN_KOA_MIDDLEWARE: 'slow:50' } })
