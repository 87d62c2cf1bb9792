const { createServer } = require('node:http')
const { once } = require('node:events')
const { PassThrough } = require('node:stream')
const undici = require('undici')
const { Agent, BalancedPool, Client, ProxyAgent, RetryAgent, interceptors, fetch, request, stream, pipeline } = undici

const controller = new AbortController()
const tries = new Map()
const server = createServer((req, res) => {
  const { pathname } = new URL(req.url, 'http://x')
  if (pathname === '/moved') return res.writeHead(302, { location: '/here' }).end()
  if (pathname === '/flaky' && !tries.has(req.url)) return tries.set(req.url, 1), res.writeHead(503).end('busy')
  if (pathname === '/slow') return controller.abort()
  setTimeout(() => res.end('ok'), 2)
})
server.on('upgrade', (req, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n'))
server.on('connect', (req, socket) => {
  const far = require('node:net').connect(server.address().port, '127.0.0.1')
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  socket.pipe(far).pipe(socket).on('error', () => {})
  far.on('error', () => {})
})

// In old versions a redirect is an option, in new ones an interceptor; and a retry is the caller's own business.
const following = interceptors?.redirect === undefined ? { maxRedirections: 1 } : { dispatcher: new Agent().compose(interceptors.redirect({ maxRedirections: 1 })) }
const retried = async url => {
  if (RetryAgent !== undefined) return request(url, { dispatcher: new RetryAgent(new Agent(), { minTimeout: 1, timeoutFactor: 1 }) })
  const answer = await request(url)
  return answer.statusCode === 503 ? request(url) : answer
}

const cases = {
  async fetch (url) { await (await fetch(`${url}/fetch`)).text() },
  async request (url) { await (await request(`${url}/request`)).body.text() },
  async arrays (url) { await (await request(`${url}/arrays`, { headers: ['x-own', '1', 'x-other', '2'] })).body.text() },
  async preset (url) {
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01'
    await (await request(`${url}/preset`, { headers: { Traceparent: traceparent } })).body.text()
    await (await request(`${url}/preset`, { headers: ['TraceParent', traceparent] })).body.text()
  },
  async stream (url) { await stream(`${url}/stream`, { method: 'GET' }, () => new PassThrough().resume()) },
  async pipeline (url) { await once(pipeline(`${url}/pipeline`, { method: 'PUT' }, ({ body }) => body).end('body').resume(), 'end') },
  async redirect (url) { await (await request(`${url}/moved`, following)).body.text() },
  async retry (url) { await (await retried(`${url}/flaky`)).body.text() },
  async client (url) {
    const client = new Client(url)
    await (await client.request({ path: '/client', method: 'GET' })).body.text()
    const { socket } = await client.upgrade({ path: '/upgrade', protocol: 'any' })
    socket.destroy()
    await client.close()
  },
  async balanced (url) {
    const pool = new BalancedPool([url])
    await (await pool.request({ path: '/balanced', method: 'GET' })).body.text()
    await pool.close()
  },
  async proxy (url) {
    const dispatcher = new ProxyAgent({ uri: url, proxyTunnel: true })
    await (await request(`${url}/proxied`, { dispatcher })).body.text()
    await dispatcher.close()
  },
  async refused () { await request('http://127.0.0.1:1/').catch(() => {}) },
  async aborted (url) {
    await request(`${url}/slow`, { signal: controller.signal }).catch(() => {})
  }
}

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  for (const name of process.argv.slice(2)) await cases[name](url)
  server.close()
  server.closeAllConnections()
}
main()
