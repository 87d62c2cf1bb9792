const { createServer } = require('node:http')
const { once } = require('node:events')

// What each request came with: all of its traceparent headers.
const seen = {}
// What the client does as soon as the server has its request, and will not answer.
let giveUp
const server = createServer(async (req, res) => {
  const { pathname } = new URL(req.url, 'http://x')
  seen[req.url] = req.rawHeaders.filter((_, i) => i % 2 === 1 && req.rawHeaders[i - 1].toLowerCase() === 'traceparent')
  if (pathname === '/moved') return res.writeHead(302, { location: '/here' }).end()
  if (pathname === '/busy') return res.writeHead(503).end('busy')
  if (pathname === '/slow') return giveUp?.()
  if (pathname === '/early') res.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (pathname === '/broken') return res.socket.destroy()
  res.end('ok')
})

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const closed = nobody.address()
  await once(nobody.close(), 'close')
  const text = async answer => (await answer).text()

  await text(fetch(`${url}/string?sig=secret`))
  await text(fetch(new URL('/url', url), { method: 'POST', body: 'body' }))
  await text(fetch(new Request(`${url}/request`, { method: 'PUT', body: 'body' })))
  await text(fetch(new Request(`${url}/init`), { method: 'DELETE', headers: { 'x-own': '1' } }))
  await text(fetch(`${url}/pairs`, { headers: [['x-own', '1'], ['x-own', '2']] }))
  await text(fetch(`${url}/preset`, { headers: { Traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' } }))
  await text(fetch(`${url}/moved`))
  await text(fetch(`${url}/early`))
  await text(fetch(`${url}/busy`))
  await fetch(`${url}/broken`).catch(() => {})
  await fetch(`http://127.0.0.1:${closed.port}/refused`).catch(() => {})
  const controller = new AbortController()
  giveUp = () => controller.abort()
  await fetch(`${url}/slow?aborted`, { signal: controller.signal }).catch(() => {})
  giveUp = undefined
  await fetch(`${url}/slow?late`, { signal: AbortSignal.timeout(500) }).catch(() => {})
  console.log(JSON.stringify(seen))
  server.close()
  server.closeAllConnections()
}

main()
