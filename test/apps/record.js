// What a test of loggers needs of an application: `log` is called once at the start, and then once for a request.
const http = require('node:http')

module.exports = log => {
  log('start')
  const server = http.createServer((req, res) => { log('request'); setTimeout(() => { log('later'); res.end() }, 5) }).listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', () => server.close()))
  })
}
