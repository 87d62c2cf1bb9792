const fastify = require('fastify')
const { once } = require('./ask')

const app = fastify()
app.addHook('onRequest', function quick (request, reply, done) { done() })
app.addHook('preHandler', async function slow (request) {
  if (request.query.slow) await new Promise(resolve => setTimeout(resolve, 80))
})
app.register(async users => {
  users.addHook('onSend', function last (request, reply, payload, done) { done() })
  users.get('/:id', { preHandler: [function guard (request, reply, done) { done(request.params.id === 'bad' ? new RangeError('bad') : undefined) }] }, (request, reply) => {
    setImmediate(() => reply.send('user'))
  })
  users.get('/:id/fails', async () => { throw new TypeError('thrown') })
}, { prefix: '/users' })

async function main () {
  await app.ready()
  await new Promise(resolve => app.server.listen(0, '127.0.0.1', resolve))
  for (const request of ['GET /users/1?slow=1', 'GET /users/bad', 'GET /users/1/fails', 'GET /missing']) {
    const { status, body } = await once(app.server.address().port, request)
    console.log(`${request} -> ${status} ${body}`)
  }
  console.log('injected', (await app.inject('/users/2')).body)
  app.server.close()
  await app.close()
}
main()
