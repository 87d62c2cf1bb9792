import { join } from 'node:path'
import { APPS, traces } from '../helper'
import { crowds, routes } from '../routes'

const table = (is4: boolean): string => `
GET / -> GET / 200
GET / -> GET / 200
HEAD /users/7 -> HEAD /users/:id 200
GET /users/7 -> GET /users/:id 200
POST /users -> POST /users 200
GET /files/a/b.c -> GET /files/:dir/:name.:ext 200
GET /old/1999 -> GET ${is4 ? '/old/:year(\\d{4})' : '/^\\/old\\/(\\d{4})$/'} 200
GET /commits/a..b -> GET /^\\/commits\\/(\\w+)\\.\\.(\\w+)$/ 200
GET /cats -> GET /cats 200
GET /cats/3 -> GET /cats/:id 200
GET /exact -> GET /exact 200
GET /either/b -> GET /^\\/either\\/(a|b)$/ 200
PATCH /anything -> PATCH /anything 200
PUT /book -> PUT /book 200
GET /chain -> GET /chain 200
GET /wild/x/y -> GET ${is4 ? '/wild/*' : '/wild/*rest'} 200
GET /maybe -> GET ${is4 ? '/maybe/:x?' : '/maybe{/:x}'} 200
GET /maybe/1 -> GET ${is4 ? '/maybe/:x?' : '/maybe{/:x}'} 200
GET /api -> GET /api 200
GET /api/things/1 -> GET /api/things/:id 200
GET /API/things -> GET /api/things 200
GET /v2/api/things/5 -> GET /v2/API/things/:id 200
GET /shops/9/garden/posts -> GET /shops/:shop/:dept/posts 200
GET /shops/9/garden/posts/2 -> GET /shops/:shop/:dept/posts/:post 200
GET /shops/9/all/of/it -> GET /shops/:shop/all/of/:what 200
GET /authors/me/posts/1 -> GET /authors/:author/posts/:post 200
GET /authors/me/plain -> GET /authors/me/plain 200
GET /a/1 -> GET /a/:post 200
GET /b/2/3 -> GET /b/:b/:post 200
GET /r22/1 -> GET /^\\/r\\d+//:post 200
GET /sub/hello/you -> GET /sub/hello/:name 200
GET /sub/down/deep -> GET /sub/:level/deep 200
GET /next/1 -> GET /next/:c 200
GET /param/good -> GET /param/:checked 200
GET /param/bad -> GET /param/:checked 400
GET /throws/1 -> GET /throws/:id 500
GET /rejects/1 -> GET /rejects/:id 400
GET /streams/1 -> GET /streams/:id 200
GET /strict/Case/ -> GET /strict/Case/ 200
GET /strict/case/ -> GET 404
GET /forever/1 -> GET /forever/:id 404
OPTIONS /book -> OPTIONS 404
DELETE /book -> DELETE 404
GET /missing -> GET 404
GET /users/%E0%A4%A -> GET 400`

const { version } = require(require.resolve('express/package.json', { paths: [join(APPS, 'express.js')] }))
const is4 = version.startsWith('4.')
routes('express: routes', 'express.js', table(is4))
routes('express 4: routes', 'express4.js', table(true))
routes('router without express: routes', 'router.js', `
GET /plain -> GET /plain 200
GET /users/7 -> GET /users/:id 200
GET /gate/x -> GET /gate/:late 200
GET /sails/7 -> GET /sails/:id 200
GET /missing -> GET 404`)
crowds('express: many requests at once, of an ES module', 'express.mjs')

const env = { AUTOSPAN_IGNORE_OUTGOING: '127.0.0.1' }
// Express 4 begins with two of its own.
const own = !is4 ? '' : `
  middleware - query  internal  express.name=query  express.type=middleware
  middleware - expressInit  internal  express.name=expressInit  express.type=middleware`
traces('express: every layer', 'express-layers.js', `
GET /users/:id  server${own}
  middleware - quick  internal  express.name=quick  express.type=middleware
  middleware - slow  internal  express.name=slow  express.type=middleware
  router - /users  internal  express.name=/users  express.type=router
    middleware - guard  internal  express.name=guard  express.type=middleware
    request handler - /users/:id  internal  express.name=/users/:id  express.type=request_handler
    request handler - /users/:id  internal  express.name=/users/:id  express.type=request_handler
GET /users/:id/fails  server  ERROR 500${own}
  middleware - quick  internal  express.name=quick  express.type=middleware
  middleware - slow  internal  express.name=slow  express.type=middleware
  router - /users  internal  ERROR TypeError  express.name=/users  express.type=router
    middleware - guard  internal  express.name=guard  express.type=middleware
    request handler - /users/:id/fails  internal  ERROR TypeError  express.name=/users/:id/fails  express.type=request_handler
  middleware - failure  internal  express.name=failure  express.type=middleware
GET  server${own}
  middleware - quick  internal  express.name=quick  express.type=middleware
  middleware - slow  internal  express.name=slow  express.type=middleware
  middleware - answer  internal  express.name=answer  express.type=middleware`, { env: { ...env, AUTOSPAN_EXPRESS_MIDDLEWARE: 'all' }, show: ['express.name', 'express.type'] })
traces('express: slow and failing layers', 'express-layers.js', `
GET /users/:id  server
  middleware - slow  internal
GET /users/:id/fails  server  ERROR 500
  router - /users  internal  ERROR TypeError
  request handler - /users/:id/fails  internal  ERROR TypeError
GET  server`, { env: { ...env, AUTOSPAN_EXPRESS_MIDDLEWARE: 'slow:50' } })
