const { promisify } = require('node:util')
const { createClient } = require('redis')

async function main () {
  const client = createClient({ url: `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}`, legacyMode: true, pingInterval: 20 })
  // A PING may be on its way when the client leaves.
  client.on('error', () => {})
  await client.connect()
  const legacy = client.legacy?.() ?? client
  const ask = (method, ...args) => promisify(legacy[method]).apply(legacy, args)
  await ask('SET', 'name', 'Ann')
  await ask('GET', 'name')
  await ask('LPUSH', 'name', 'Bob').catch(() => {})
  await ask('HGETALL', 'hash')
  await ask('sendCommand', 'BOGUS', 'secret').catch(() => {})
  const multi = legacy.multi().GET('name').GET('name')
  await promisify(multi.exec).call(multi)
  await (client.v4 ?? client).get('name')
  await client.disconnect()
}
main()
