const { setTimeout } = require('node:timers/promises')
const { createClient } = require('redis')

async function main () {
  const client = createClient({ url: `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}`, pingInterval: 20 })
  // One may be on its way when the client leaves.
  client.on('error', () => {})
  let answers = 0
  const kept = new Promise(resolve => client.on('ping-interval', () => { if (++answers === 3) resolve() }))
  await client.connect()
  // Older releases tell nothing of it, the oldest have no such thing.
  await Promise.race([kept, setTimeout(1000)])
  await client.ping()
  await client.disconnect()
}
main()
