// A handler dies of what came in, and the process with it.
const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/fine') return res.end()
  throw new TypeError('bad request')
}).listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  http.get({ port, path: '/fine', agent: false }, answer => answer.resume().on('end', () => http.get({ port, path: '/bad', agent: false })))
})
