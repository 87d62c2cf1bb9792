'use strict'
// The far end: for each name in the arguments a server that takes whatever it is sent, and one more that the application fetches from.
const { createServer } = require('node:http')

const received = {}
const listen = handler => new Promise(resolve => {
  const server = createServer(handler).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
})

async function main () {
  const urls = {}
  for (const name of process.argv.slice(2)) {
    received[name] = 0
    urls[name] = await listen((req, res) => {
      req.on('data', chunk => { received[name] += chunk.length }).on('end', () => res.setHeader('content-type', 'application/json').end('{}'))
    })
  }
  const backend = await listen((req, res) => res.setHeader('content-type', 'application/json').end('{"price":995}'))
  process.on('message', () => process.send(received))
  process.on('disconnect', () => process.exit())
  process.send({ urls, backend })
}
main()
