const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/written') res.writeHead(200, { 'X-Answer': 'written', 'Set-Cookie': 'a=zq' })
  else {
    res.setHeader('X-Answer', ['one', 'two'])
    res.setHeader('Location', 'http://u:zq@elsewhere/?token=zq&a=b')
  }
  res.end('ok')
})
server.listen(0, async () => {
  const { port } = server.address()
  const headers = { 'X-Tenant': 'acme', 'X-List': ['a', 'b'], authorization: 'Bearer zq', cookie: 'a=zq', referer: 'http://localhost/?api_key=zq' }
  await new Promise(resolve => http.get({ port, path: '/set', headers }, res => res.resume().on('end', resolve)))
  await (await fetch(`http://localhost:${port}/written`, { headers: { 'X-Tenant': 'emca', authorization: 'Bearer zq' } })).text()
  server.close()
})
