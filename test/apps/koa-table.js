const { ask } = require('./ask')

/** One application for every router of koa. */
module.exports = function main (Koa, mount, Router) {
  const app = new Koa()
  app.silent = true
  const say = text => ctx => { ctx.body = `${text} ${ctx.path} ${JSON.stringify(ctx.params)}` }
  const pass = (ctx, next) => next()
  const later = async (ctx, next) => { await new Promise(resolve => setImmediate(resolve)); await next() }

  app.use(pass)
  app.use(later)
  app.use(async function failures (ctx, next) {
    try { await next() } catch (error) {
      if (error.message !== 'caught') throw error
      ctx.status = 400
      ctx.body = 'caught'
    }
  })

  const router = new Router()
  router.use(later)
  router.get('/', say('root'))
  router.get('/users/me', say('me'))
  router.get('/users/:id', say('user'))
  router.post('/users', say('create'))
  router.get('named', '/named/:x', say('named'))
  router.get(['/one', '/two/:n'], say('one or two'))
  router.get(/^\/commits\/(\w+)$/, say('commits'))
  router.all('/anything', say('all'))
  router.get('/chain', pass, later, say('chain'))
  router.get('/first/:a', pass)
  router.get('/first/:b', say('second'))
  router.get('/files/:dir/:file', say('file'))
  router.get('/throws/:id', () => { throw new Error('thrown') })
  router.get('/caught/:id', async () => { throw new Error('caught') })
  router.get('/status/:id', ctx => { ctx.throw(403, 'no') })
  router.get('/streams/:id', ctx => { ctx.type = 'text'; ctx.body = require('node:stream').Readable.from(['one ', 'two']) })
  router.get('/raw/:id', async ctx => {
    ctx.respond = false
    ctx.res.end('raw')
    await new Promise(resolve => setTimeout(resolve, 50))
  })
  router.get('/silent/:id', () => {})
  router.redirect('/old', '/users/1')
  router.use('/guarded', ctx => { ctx.status = 401 })
  router.get('/guarded/:id', say('never'))

  const posts = new Router()
  posts.get('/', say('posts'))
  posts.get('/:post', say('post'))
  router.use('/authors/:author/posts', posts.routes(), posts.allowedMethods())
  router.param('checked', (value, ctx, next) => value === 'bad' ? ctx.throw(400, 'no good') : next())
  router.get('/param/:checked', say('checked'))

  const api = new Router({ prefix: '/api' })
  api.get('/', say('api'))
  api.get('/things/:id', say('thing'))
  const deep = new Router({ prefix: '/deep/:level' })
  deep.get('/end', say('end'))
  api.use(deep.routes())

  const prefixed = new Router()
  prefixed.get('/x/:y', say('prefixed'))
  prefixed.prefix('/late')

  const other = new Router()
  other.get('/first/:c', say('never'))
  other.get('/passes/:id', pass)
  const last = new Router()
  last.get('/passes/:again', say('passed'))

  const mounted = new Koa()
  mounted.use(new Router().get('/hello/:name', say('mounted')).routes())
  mounted.use(mount('/inner', new Router().get('/', say('inner root')).get('/:x', say('inner')).routes()))

  app.use(mount('/mnt', mounted))
  for (const each of [router, api, prefixed, other, last]) app.use(each.routes()).use(each.allowedMethods())

  ask(app.callback(), [
    'GET /', 'GET /?q=1', 'GET /users/7', 'HEAD /users/7', 'GET /users/me', 'POST /users', 'GET /named/1', 'GET /one', 'GET /two/2', 'GET /commits/abc',
    'PATCH /anything', 'GET /chain', 'GET /first/1', 'GET /files/a/b.c', 'GET /throws/1', 'GET /caught/1', 'GET /status/1', 'GET /streams/1', 'GET /raw/1',
    'GET /silent/1', 'GET /old', 'GET /guarded/1', 'GET /authors/9/posts', 'GET /authors/9/posts/2', 'GET /param/good', 'GET /param/bad',
    'GET /api', 'GET /api/things/1', 'GET /api/deep/3/end', 'GET /late/x/1', 'GET /passes/1', 'GET /mnt/hello/you', 'GET /mnt/inner', 'GET /mnt/inner/1',
    'OPTIONS /users/7', 'DELETE /users/7', 'COPY /users/7', 'GET /missing', 'GET /mnt/missing'
  ])
}
