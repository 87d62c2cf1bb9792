import Koa from 'koa'
import Router from '@koa/router'
import { crowd, work } from './crowd.mjs'

const app = new Koa()
const router = new Router()
const busy = async ctx => { ctx.body = await work(server.address().port, Number(ctx.params.id)) }
router.get('/users/:id', busy).get('/posts/:id', busy).get('/inner/:id', ctx => { ctx.body = ctx.params.id })
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => crowd(server))
