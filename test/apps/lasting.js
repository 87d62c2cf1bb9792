// What lasts longer than its request: server-sent events, answers that never end, pipelined requests that wait for their turn, WebSockets, tunnels. Each is asked for, used, and left.
const { once } = require('node:events')
const http = require('node:http')
const net = require('node:net')
const { WebSocket, WebSocketServer } = require('ws')

const work = path => new Promise(resolve => http.get({ host: '127.0.0.1', port, path, agent: false }, answer => answer.resume().on('end', resolve)))
let port
const server = http.createServer((req, res) => {
  if (req.url === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    const timer = setInterval(() => res.write('data: 2\n\n'), 1)
    req.on('close', () => clearInterval(timer))
  } else if (req.url === '/queue/last') req.resume().on('end', () => req.socket.destroy())
  else if (req.url.startsWith('/queue')) {
    if (req.url === '/queue/answered') res.end()
  } else if (req.url === '/never') res.write('a beginning')
  else if (req.url === '/silent') req.resume()
  else res.end()
})
const sockets = new WebSocketServer({ noServer: true })
sockets.on('connection', socket => { socket.on('message', async () => { await work('/message'); socket.send('heard') }) })
server.on('upgrade', (req, socket, head) => {
  if (req.url === '/refused') return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
  if (req.url === '/broken') return socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
  if (req.url === '/hangup') return socket.destroy()
  // A session is looked up first.
  if (req.url === '/later') return setTimeout(() => sockets.handleUpgrade(req, socket, head, one => sockets.emit('connection', one, req)), 5)
  sockets.handleUpgrade(req, socket, head, one => sockets.emit('connection', one, req))
})
server.on('connect', (req, socket) => {
  const far = net.connect(port, '127.0.0.1', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); far.pipe(socket).pipe(far) })
  socket.on('error', () => far.destroy())
})

const leave = path => new Promise(resolve => {
  const request = http.get({ host: '127.0.0.1', port, path, agent: false }, answer => answer.once('data', () => request.destroy()).on('error', () => {}))
  request.on('error', () => {}).on('close', resolve)
  if (path === '/silent') setTimeout(() => request.destroy(), 50)
})
async function talk (path) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  socket.on('open', () => socket.send('hello')).on('message', () => socket.close()).on('error', () => {})
  await new Promise(resolve => socket.on('close', resolve))
}
async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = server.address().port
  for (const path of ['/events', '/never', '/silent']) await leave(path)
  const queue = net.connect(port, '127.0.0.1')
  queue.write(['held', 'answered', 'waiting', 'last'].map(path => `GET /queue/${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
  await once(queue.resume().on('error', () => {}), 'close')
  for (const path of ['/socket', '/later', '/refused', '/broken', '/hangup']) await talk(path)
  const request = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: 'example.org:80', agent: false }).end()
  const [, tunnel] = await once(request, 'connect')
  tunnel.end('GET /through HTTP/1.1\r\nhost: example.org\r\nconnection: close\r\n\r\n')
  await once(tunnel.resume(), 'close')
  server.close()
  server.closeAllConnections()
}
main()
