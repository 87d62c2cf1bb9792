const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/inner') return res.writeHead(503).end()
  http.get({ port: server.address().port, path: '/inner', host: '127.0.0.1' }, answer => {
    answer.resume().on('end', () => res.end('done'))
  })
}).listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('end', () => {
    http.get({ port: 1, host: '127.0.0.1' }).on('error', () => server.close())
  }))
})
