const http = require('node:http')
const { once } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')

const EACH = 4
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
let port

const gates = new Map()
/** A promise of a library that is kept by the last of the requests to come here, for all of them. `deferred` makes it. */
exports.gate = function gate (name, deferred) {
  let { promise, keep, left } = gates.get(name) ?? { ...deferred(), left: EACH }
  gates.set(name, { promise, keep, left: --left })
  if (left === 0) keep('kept')
  return promise
}

/** A framework, and what it does around each request, as its users write it. */
const frameworks = {
  http: handler => http.createServer(handler),
  express (handler) {
    const app = require('express')()
    app.use((req, res, next) => { setTimeout(next, 1) })
    app.use(async (req, res, next) => { await sleep(1); next() })
    app.post('/way', handler)
    app.get('/leaf', handler)
    return http.createServer(app)
  },
  koa (handler) {
    const Koa = require('koa')
    const app = new Koa()
    app.use(async (ctx, next) => { await sleep(1); await next() })
    app.use(ctx => { ctx.respond = false; return handler(ctx.req, ctx.res) })
    return http.createServer(app.callback())
  },
  fastify (handler) {
    const server = http.createServer()
    const app = require('fastify')({ serverFactory: routing => server.on('request', routing) })
    app.addContentTypeParser('*', (req, body, done) => done(null))
    app.addHook('onRequest', (req, reply, done) => { setTimeout(done, 1) })
    app.addHook('preHandler', async () => { await sleep(1) })
    app.all('/*', (req, reply) => { reply.hijack(); return handler(req.raw, reply.raw) })
    return server.on('listening', () => app.ready())
  }
}

const request = (method, path, options) => new Promise((resolve, reject) => {
  http.request({ host: '127.0.0.1', port, method, path, agent, ...options }, answer => answer.resume().on('end', resolve)).on('error', reject).end(method === 'POST' ? 'some text' : '')
})

/**
 * Serve requests that go these ways, by name, four at once on each: a function that is given `ask`, the request and the answer. At the place in question
 * it calls ask(), which asks /leaf?<way>&<number>; the request is over with what it returns.
 */
exports.serve = async function serve (ways, framework = 'http') {
  const handle = async (req, res) => {
    const [path, query] = req.url.split('?')
    if (path === '/leaf') return res.end()
    const [way] = query.split('&')
    await ways[decodeURIComponent(way)](() => request('GET', `/leaf?${query}`), req, res)
    res.end()
  }
  const server = frameworks[framework](handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = server.address().port
  const clients = new http.Agent({ keepAlive: true, maxSockets: 40 })
  const send = (way, number) => request('POST', `/way?${encodeURIComponent(way)}&${number}`, { agent: clients, headers: { 'content-type': 'text/x-any' } })
  await Promise.all(Object.keys(ways).flatMap(way => Array.from({ length: EACH }, (_, number) => send(way, number))))
  clients.destroy()
  agent.destroy()
  server.close()
}
