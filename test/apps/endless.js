// Serves requests of its own until somebody ends it, and says how many.
const http = require('node:http')

const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', next)
let served = 0
setTimeout(() => process.exit(), 120_000)   // whoever was to end it may be gone
function next () {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', () => {
    if (++served % 50 === 0) console.log(served)
    setImmediate(next)
  }))
}
