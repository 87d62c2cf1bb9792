// As many requests as the first argument says, one after another; then nothing is left to do.
const http = require('node:http')

let left = Number(process.argv[2])
const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', next)
function next () {
  if (left-- === 0) return server.close()
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', next))
}
