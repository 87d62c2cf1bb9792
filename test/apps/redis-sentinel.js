// A sentinel's client that the first request connects. It looks around every 50 ms, when the sentinel tells it something, and when its master is lost.
const http = require('node:http')
const { createClient, createSentinel } = require('redis')

const [host, port] = process.env.REDIS_SENTINEL.split(':')
const told = []
let sentinel

const server = http.createServer(async (req, res) => {
  if (req.url === '/first') {
    sentinel = createSentinel({ name: 'shop', sentinelRootNodes: [{ host, port: Number(port) }], scanInterval: 50 }).on('error', () => {})
    sentinel.setTracer(told)
    await sentinel.connect()
    await sentinel.get('first')
  } else {
    const client = await createClient({ socket: { host: process.env.REDIS_HOST, port: process.env.REDIS_PORT } }).connect()
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal'])
    await client.disconnect()
    await sentinel.get('second')
  }
  res.end()
})
const ask = path => new Promise(resolve => http.get({ host: '127.0.0.1', port: server.address().port, path }, res => res.resume().on('end', resolve)))
const tells = async text => { while (!told.some(line => line.startsWith(text))) await new Promise(resolve => setTimeout(resolve, 20)) }
const looksAround = async () => { told.length = 0; await tells('finished reconf') }

async function main () {
  if (createSentinel === undefined) return console.log('this release has no sentinels')
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  await ask('/first')
  await looksAround()
  // Of a master that is down the sentinel tells everybody.
  const client = await createClient({ socket: { host, port } }).on('error', () => {}).connect()
  await client.sendCommand(['SENTINEL', 'MONITOR', 'gone', '127.0.0.1', '1', '1'])
  await client.sendCommand(['SENTINEL', 'SET', 'gone', 'down-after-milliseconds', '1'])
  await client.disconnect()
  await tells('pubsub control channel message')
  await looksAround()
  await ask('/second')
  await looksAround()
  await sentinel.close()
  server.close()
}
main()
