'use strict'
// Bytes that one call of each kind takes on the heap, as JSON. Nothing is collected while it counts: the young generation is larger than what is made.
const http = require('node:http')
const { once } = require('node:events')
const { getHeapStatistics } = require('node:v8')
const { Client } = require('pg')

const CALLS = 100
const ROUNDS = 3
const WARM = 2
const used = () => getHeapStatistics().used_heap_size

async function main () {
  const server = http.createServer((req, res) => res.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What is done with stays as it is: nothing is closed while another call has its turn.
  server.keepAliveTimeout = 0
  const { port } = server.address()
  const agent = new http.Agent({ keepAlive: true })
  const client = new Client()
  await client.connect()
  const calls = {
    http: () => new Promise((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', agent, path: '/items/7' }, res => res.resume().on('end', resolve)).on('error', reject)
    }),
    fetch: async () => { await (await fetch(`http://127.0.0.1:${port}/items/7`)).text() },
    // When requests have been served: until then nobody has used AsyncLocalStorage, which a query alone does not.
    pg: () => client.query('SELECT $1::int AS id', [7])
  }
  const bytes = {}
  for (const [name, call] of Object.entries(calls)) {
    global.gc()
    bytes[name] = Infinity
    for (let round = 0; round < WARM + ROUNDS; round++) {
      const before = used()
      for (let i = 0; i < CALLS; i++) await call()
      // What comes up once (a timer, a page of code) only ever adds.
      if (round >= WARM) bytes[name] = Math.min(bytes[name], (used() - before) / CALLS)
    }
  }
  console.log(JSON.stringify(bytes))
  process.exit()
}
main()
