const { once } = require('./ask')
const fastify = require('fastify')

const app = fastify()
const say = text => async request => `${text} ${request.raw.url} ${JSON.stringify(request.params)}`

app.addHook('onRequest', (request, reply, done) => { setImmediate(done) })
app.addHook('preHandler', async () => {})
app.get('/', say('root'))
app.get('/users/me', say('me'))
app.head('/users/:id', say('user'))
app.get('/users/:id', say('user'))
app.post('/users', say('create'))
app.get('/files/:dir/:name.:ext', say('file'))
app.get('/old/:year(^\\d{4}$)', say('old'))
app.get('/at/:hour(^\\d{2})h:minute(^\\d{2})m', say('at'))
app.get('/wild/*', say('wild'))
app.all('/anything', say('all'))
app.route({ method: ['GET', 'PUT'], url: '/book', handler: say('book') })
app.get('/callback/:id', (request, reply) => { setImmediate(() => reply.send('callback')) })
app.get('/throws/:id', () => { throw new Error('thrown') })
app.get('/rejects/:id', async () => { throw Object.assign(new Error('rejected'), { statusCode: 418 }) })
app.get('/streams/:id', (request, reply) => { reply.type('text/plain').send(require('node:stream').Readable.from(['one ', 'two'])) })
app.get('/raw/:id', (request, reply) => {
  if (reply.hijack) reply.hijack()
  else reply.sent = true
  reply.raw.end('raw')
})
app.get('/hooked/:id', { onRequest: (request, reply, done) => { reply.code(401).send('who are you?') } }, say('never'))
app.get('/invalid/:id', { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } }, say('valid'))
app.get('/redirect/:id', (request, reply) => { reply.code(302).header('location', '/').send() })
app.get('/gone/:id', (request, reply) => { reply.callNotFound() })

app.register(async api => {
  api.get('/', say('api'))
  api.get('/things/:id', say('thing'))
  api.addHook('preHandler', async function guard (request, reply) { if (request.params.id === 'secret') reply.code(403).send('no') })
  api.register(async deep => {
    deep.get('/end', say('end'))
    deep.setErrorHandler((error, request, reply) => { reply.code(503).send(error.message) })
    deep.get('/fails', async () => { throw new Error('deep') })
  }, { prefix: '/deep/:level' })
  api.setNotFoundHandler((request, reply) => { reply.code(404).send('no such thing') })
}, { prefix: '/api' })
app.register(async v2 => { v2.get('/x/:y', say('v2')) }, { prefix: '/:tenant/v2' })
app.get('/hosted/:id', { constraints: { host: /^127/ } }, say('hosted'))
app.setNotFoundHandler({ preHandler: (request, reply, done) => { done() } }, (request, reply) => { reply.code(404).send('nothing here') })

const requests = [
  'GET /', 'GET /?q=1', 'GET /users/7', 'HEAD /users/7', 'GET /users/me', 'POST /users', 'GET /files/a/b.c', 'GET /old/1999', 'GET /old/abc', 'GET /at/08h24m',
  'GET /wild/x/y', 'PUT /anything', 'PUT /book', 'GET /callback/1', 'GET /throws/1', 'GET /rejects/1', 'GET /streams/1', 'GET /raw/1',
  'GET /hooked/1', 'GET /invalid/x', 'GET /invalid/1', 'GET /redirect/1', 'GET /gone/1', 'GET /api', 'GET /api/things/1', 'GET /api/things/secret',
  'GET /api/deep/3/end', 'GET /api/deep/3/fails', 'GET /api/missing', 'GET /acme/v2/x/1', 'GET /hosted/1', 'DELETE /users/7', 'OPTIONS /users/7', 'GET /missing'
]

async function main () {
  await app.ready()
  await new Promise(resolve => app.server.listen(0, '127.0.0.1', resolve))
  for (const request of requests) {
    const { status, body } = await once(app.server.address().port, request)
    console.log(`${request} -> ${status} ${body}`)
  }
  console.log('injected', (await app.inject({ method: 'GET', url: '/users/8' })).body)
  app.server.close()
  await app.close()
}
main()
