// Serves a request while it is told to end, and ends when that is answered.
const { createServer, get } = require('node:http')

const server = createServer((req, res) => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => res.end('bye'), 100)
}).listen(0, '127.0.0.1', () => get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume()))
process.on('SIGTERM', () => server.close(() => setTimeout(() => process.exit(0), 20)))
