// A request leaves a timer behind that asks the server again and again.
const http = require('node:http')

const ask = path => new Promise(resolve => http.get({ port: server.address().port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))
const server = http.createServer((req, res) => {
  if (req.url === '/begin') {
    setTimeout(() => ask('/soon'), 10)
    setTimeout(() => ask('/late').then(() => server.close()), 1500)
  }
  res.end()
}).listen(0, '127.0.0.1', () => ask('/begin'))
