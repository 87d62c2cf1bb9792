// One request, and then the end that the first argument names.
const http = require('node:http')

const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', () => setTimeout(end, 20)))
})

function end () {
  console.log(Date.now())
  if (process.argv[2] === 'exit') process.exit(3)
  if (process.argv[2] === 'throw') throw new Error('unseen')
  if (process.argv[2] === 'reject') Promise.reject(new Error('unseen'))
  server.close()
}
