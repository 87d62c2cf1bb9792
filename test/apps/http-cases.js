const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { readFileSync } = require('node:fs')
const { once } = require('node:events')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** What the client does as soon as the server has its request, and will not answer. */
let giveUp
const answers = {
  '/slow' () { giveUp?.() },
  '/hangup' (req) { req.socket.destroy() },
  '/half' (req, res) { res.writeHead(200, { 'content-length': 10 }).write('half'); setTimeout(() => req.socket.destroy(), 20) },
  '/busy' (req, res) { res.writeHead(503).end() },
  '/missing' (req, res) { res.writeHead(404).end() },
  '/early' (req, res) { res.writeEarlyHints({ link: '</style.css>; rel=preload' }); res.end('ok') },
  '/trailers' (req, res) { res.writeHead(200, { trailer: 'x-sum' }).write('ok'); res.addTrailers({ 'x-sum': '1' }); res.end() }
}
const seen = {}
function listener (req, res) {
  seen[req.url] = req.rawHeaders.filter((_, i) => i % 2 === 1 && req.rawHeaders[i - 1].toLowerCase() === 'traceparent')
  const path = req.url.split('?')[0]
  if (path in answers) return answers[path](req, res)
  req.resume().on('end', () => res.end('ok'))
}
const server = http.createServer(listener)
server.on('upgrade', (req, socket) => {
  const head = ['HTTP/1.1 101 Switching Protocols\r\n', 'Connection: Upgrade\r\nUpgrade: any\r\n\r\n']
  if (req.url === '/upgrade') return socket.end(head.join(''))
  socket.cork()
  for (const part of head) socket.write(part)
  socket.uncork()
  socket.end()
})
server.on('connect', (req, socket) => socket.end('HTTP/1.1 200 Connection established\r\n\r\n'))

/** The answer of a request, read to its end. */
const read = request => new Promise((resolve, reject) => {
  request.on('response', answer => answer.resume().on('end', () => resolve(answer))).on('error', reject)
})
const closed = request => new Promise(resolve => request.on('error', () => {}).on('close', resolve))

const cases = {
  async get (at) { await read(http.get({ ...at, path: '/get?a=1&sig=secret', headers: { 'user-agent': 'test' } })) },
  async url ({ port }) { await read(http.get(`http://user:password@127.0.0.1:${port}/url`)) },
  async head (at) { await read(http.request({ ...at, method: 'HEAD', path: '/head' }).end()) },
  async flat (at) { await read(http.get({ ...at, path: '/flat', headers: ['Host', 'flat.example:8080', 'X-Own', '1'] })) },
  async pairs (at) { await read(http.get({ ...at, path: '/pairs', headers: [['Host', 'pairs.example'], ['X-Own', '1']] })) },
  async late (at) {
    const request = http.request({ ...at, path: '/late', method: 'POST' })
    request.setHeader('x-own', '1')
    request.flushHeaders()
    setTimeout(() => request.end('body'), 5)
    await read(request)
  },
  async expect (at) {
    const request = http.request({ ...at, path: '/expect', method: 'POST', headers: { expect: '100-continue' } })
    request.on('continue', () => request.end('body')).flushHeaders()
    await read(request)
  },
  async checked (at) {
    server.on('checkContinue', (req, res) => { res.writeContinue(); server.emit('request', req, res) })
    await cases.expect(at)
  },
  async preset (at) {
    const traceparent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01'
    await read(http.get({ ...at, path: '/preset?1', headers: { TraceParent: traceparent } }))
    await read(http.get({ ...at, path: '/preset?2', headers: ['Host', 'x', 'Traceparent', traceparent] }))
    await read(http.get({ ...at, path: '/preset?3', headers: [['Host', 'x'], ['traceparent', traceparent]] }))
    const request = http.request({ ...at, path: '/preset?4' })
    request.setHeader('traceparent', traceparent)
    await read(request.end())
  },
  async absolute (at) { await read(http.get({ ...at, path: 'http://user:password@example.org:81/absolute?b=2' })) },
  async asterisk (at) { await read(http.request({ ...at, method: 'OPTIONS', path: '*' }).end()) },
  async hostless ({ port }) { await read(http.get({ port, host: '127.0.0.1', path: '/hostless', setHost: false, headers: { connection: 'close' } })).catch(() => {}) },
  async upgrade (at) {
    const [, socket] = await once(http.get({ ...at, path: '/upgrade', headers: { connection: 'Upgrade', upgrade: 'any' } }), 'upgrade')
    socket.destroy()
  },
  async corked (at) {
    const [, socket] = await once(http.get({ ...at, path: '/corked', headers: { connection: 'Upgrade', upgrade: 'any' } }), 'upgrade')
    socket.destroy()
  },
  /** Events of an application's own server, which only have the names of Node's. */
  async named (at) {
    const own = http.createServer()
    for (let i = 0; i < 6; i++) for (const args of [['connect'], ['upgrade', 1], ['request', {}, {}], ['request', new http.IncomingMessage()]]) own.emit(...args)
    await read(http.get({ ...at, path: '/named' }))
  },
  async connect (at) {
    const [, socket] = await once(http.request({ ...at, method: 'CONNECT', path: 'example.org:443' }).end(), 'connect')
    socket.destroy()
  },
  async early (at) { await read(http.get({ ...at, path: '/early' })) },
  async trailers (at) { await read(http.get({ ...at, path: '/trailers' })) },
  async unread (at) { await once(http.get({ ...at, path: '/unread' }), 'close') },
  async busy (at) { await read(http.get({ ...at, path: '/busy' })) },
  async missing (at) { await read(http.get({ ...at, path: '/missing' })) },
  async refused () { await closed(http.get({ host: '127.0.0.1', port: 1, path: '/refused' })) },
  async unknown () {
    const lookup = (host, options, found) => process.nextTick(found, Object.assign(new Error(`${host} is unknown`), { code: 'ENOTFOUND' }))
    await closed(http.get('http://nobody.example/unknown', { lookup }))
  },
  async hangup (at) { await closed(http.get({ ...at, path: '/hangup' })) },
  async half (at) { await once(http.get({ ...at, path: '/half' }, answer => answer.on('error', () => {}).resume()), 'close') },
  async aborted (at) { const request = http.get({ ...at, path: '/slow?aborted' }); giveUp = () => request.abort(); await closed(request) },
  async destroyed (at) { const request = http.get({ ...at, path: '/slow?destroyed' }); giveUp = () => request.destroy(); await closed(request) },
  async destroyedWith (at) {
    const request = http.get({ ...at, path: '/slow?with' })
    giveUp = () => request.destroy(Object.assign(new Error('own'), { code: 'OWN' })).destroy()
    await closed(request)
  },
  async signal (at) {
    const controller = new AbortController()
    giveUp = () => controller.abort()
    await closed(http.get({ ...at, path: '/slow?signal', signal: controller.signal }))
  },
  async signalLate (at) { await closed(http.get({ ...at, path: '/slow?late', signal: AbortSignal.timeout(500) })) },
  async timeout (at) {
    const request = http.get({ ...at, path: '/slow?timeout', timeout: 500 })
    await closed(request.on('timeout', () => request.destroy()))
  },
  async forwarded (at) {
    const forwarded = 'for="[2001:db8::1]:4711";host="shop.example:8443";proto=https, for=10.0.0.1'
    await read(http.get({ ...at, path: '/forwarded?1', headers: { forwarded, 'x-forwarded-for': '9.9.9.9' } }))
    await read(http.get({ ...at, path: '/forwarded?2', headers: { 'x-forwarded-for': '1.2.3.4, 10.0.0.1', 'x-forwarded-host': 'www.example', 'x-forwarded-proto': 'HTTPS' } }))
    await read(http.get({ ...at, path: '/forwarded?3', headers: { forwarded: 'for=unknown;proto=http' } }))
  },
  async pipelined ({ port }) {
    const socket = net.connect(port, '127.0.0.1')
    socket.end('GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiGET /three HTTP/1.0\r\n\r\n')
    await once(socket.resume(), 'close')
  },
  async socket () {
    const socketPath = join(tmpdir(), `autospan-http-${process.pid}.sock`)
    const local = http.createServer(listener).listen(socketPath)
    await once(local, 'listening')
    await read(http.get({ socketPath, path: '/socket', agent: false }))
    local.close()
  },
  async https () {
    const [key, cert] = ['key', 'cert'].map(name => readFileSync(join(__dirname, `tls/${name}.pem`)))
    const secure = https.createServer({ key, cert }, listener).listen(0)
    await once(secure, 'listening')
    const at = { host: 'localhost', family: 4, port: secure.address().port, ca: cert, agent: false }
    await read(https.get({ ...at, path: '/https' }))
    await closed(https.get({ ...at, ca: undefined, path: '/untrusted' }))
    secure.close()
  }
}

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const at = { host: '127.0.0.1', port: server.address().port, agent: false }
  const names = process.argv.slice(2)
  for (const name of names) {
    giveUp = undefined
    await cases[name](at)
  }
  console.log(JSON.stringify(seen))
  server.close()
  server.closeAllConnections()
}
main()
