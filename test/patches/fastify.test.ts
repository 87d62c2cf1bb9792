import { traces } from '../helper'
import { crowds, routes } from '../routes'

const TABLE = `
GET / -> GET / 200
GET / -> GET / 200
GET /users/7 -> GET /users/:id 200
HEAD /users/7 -> HEAD /users/:id 200
GET /users/me -> GET /users/me 200
POST /users -> POST /users 200
GET /files/a/b.c -> GET /files/:dir/:name.:ext 200
GET /old/1999 -> GET /old/:year(^\\d{4}$) 200
GET /old/abc -> GET 404
GET /at/08h24m -> GET /at/:hour(^\\d{2})h:minute(^\\d{2})m 200
GET /wild/x/y -> GET /wild/* 200
PUT /anything -> PUT /anything 200
PUT /book -> PUT /book 200
GET /callback/1 -> GET /callback/:id 200
GET /throws/1 -> GET /throws/:id 500
GET /rejects/1 -> GET /rejects/:id 418
GET /streams/1 -> GET /streams/:id 200
GET /raw/1 -> GET /raw/:id 200
GET /hooked/1 -> GET /hooked/:id 401
GET /invalid/x -> GET /invalid/:id 400
GET /invalid/1 -> GET /invalid/:id 200
GET /redirect/1 -> GET /redirect/:id 302
GET /gone/1 -> GET /gone/:id 404
GET /api -> GET /api 200
GET /api/things/1 -> GET /api/things/:id 200
GET /api/things/secret -> GET /api/things/:id 403
GET /api/deep/3/end -> GET /api/deep/:level/end 200
GET /api/deep/3/fails -> GET /api/deep/:level/fails 503
GET /api/missing -> GET 404
GET /acme/v2/x/1 -> GET /:tenant/v2/x/:y 200
GET /hosted/1 -> GET /hosted/:id 200
DELETE /users/7 -> DELETE 404
OPTIONS /users/7 -> OPTIONS 404
GET /missing -> GET 404`

routes('fastify: routes', 'fastify.js', TABLE)
crowds('fastify: many requests at once, of an ES module', 'fastify.mjs')

const env = { AUTOSPAN_IGNORE_OUTGOING: '127.0.0.1' }
traces('fastify: every layer', 'fastify-layers.js', `
GET /users/:id  server
  onRequest - quick  internal  fastify.type=hook  hook.name=onRequest  hook.callback.name=quick
  preHandler - slow  internal  fastify.type=hook  hook.name=preHandler  hook.callback.name=slow
  preHandler - guard  internal  fastify.type=hook  hook.name=preHandler  hook.callback.name=guard
  request handler - /users/:id  internal  fastify.type=request-handler
    onSend - last  internal  fastify.type=hook  hook.name=onSend  hook.callback.name=last
GET /users/:id  server  ERROR 500
  onRequest - quick  internal  fastify.type=hook  hook.name=onRequest  hook.callback.name=quick
  preHandler - slow  internal  fastify.type=hook  hook.name=preHandler  hook.callback.name=slow
  preHandler - guard  internal  ERROR RangeError  fastify.type=hook  hook.name=preHandler  hook.callback.name=guard
  onSend - last  internal  fastify.type=hook  hook.name=onSend  hook.callback.name=last
GET /users/:id/fails  server  ERROR 500
  onRequest - quick  internal  fastify.type=hook  hook.name=onRequest  hook.callback.name=quick
  preHandler - slow  internal  fastify.type=hook  hook.name=preHandler  hook.callback.name=slow
  request handler - /users/:id/fails  internal  ERROR TypeError  fastify.type=request-handler
  onSend - last  internal  fastify.type=hook  hook.name=onSend  hook.callback.name=last
GET  server`, { env: { ...env, AUTOSPAN_FASTIFY_MIDDLEWARE: 'all' }, show: ['fastify.type', 'hook.name', 'hook.callback.name'] })
traces('fastify: slow and failing layers', 'fastify-layers.js', `
GET /users/:id  server
  preHandler - slow  internal
GET /users/:id  server  ERROR 500
  preHandler - guard  internal  ERROR RangeError
GET /users/:id/fails  server  ERROR 500
  request handler - /users/:id/fails  internal  ERROR TypeError
GET  server`, { env: { ...env, AUTOSPAN_FASTIFY_MIDDLEWARE: 'slow:50' } })
