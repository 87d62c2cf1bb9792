'use strict'
// Bytes of the heap for each request that leaks a listener, a timer and a promise, when all is sent: `node --expose-gc leaked.js '{"traceparent": "..."}'`.
const { EventEmitter, once } = require('node:events')
const http = require('node:http')
const net = require('node:net')
const { getHeapStatistics } = require('node:v8')
const { flush } = require('autospan')

const REQUESTS = 500
const ROUNDS = 5
const headers = Object.entries(JSON.parse(process.argv[2])).map(([name, value]) => `${name}: ${value}\r\n`).join('')

const bus = new EventEmitter().setMaxListeners(0)
const never = new Promise(() => {})
const timers = []
const promises = []
const server = http.createServer(async (req, res) => {
  if (req.url === '/leak') {
    bus.on('never', () => {})
    timers.push(setTimeout(() => {}, 2 ** 30).unref())
    promises.push((async () => { await never })())
  }
  res.end()
})
// Nothing of it is traced, so that no request is beneath another.
async function load (path, requests) {
  const socket = net.connect(server.address().port, '127.0.0.1')
  for (let i = 0; i < requests; i++) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\n${headers}\r\n`)
    await once(socket, 'data')
  }
  await once(socket.end().resume(), 'close')
}
async function used () {
  await flush()
  for (let i = 0; i < 3; i++) {
    await new Promise(resolve => setImmediate(resolve))
    global.gc()
  }
  return getHeapStatistics().used_heap_size
}

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const grown = []
  let before = 0
  for (let round = 0; round <= ROUNDS; round++) {
    await load('/leak', REQUESTS)
    const now = await used()
    if (round > 0) grown.push((now - before) / REQUESTS)
    before = now
  }
  // Now and then something else comes or goes: code, the list of all that is leaked when it grows.
  console.log(Math.round(grown.sort((a, b) => a - b)[ROUNDS >> 1]))
  process.exit()
}
main()
