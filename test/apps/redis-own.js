const { setTimeout } = require('node:timers/promises')
const { createClient } = require('redis')

/** Credentials that are renewed once, shortly after they were asked for; the server takes any. Releases before 5 ask for none of this kind. */
let renewed
const credentials = { username: 'default', password: 'any' }
const credentialsProvider = {
  type: 'streaming-credentials-provider',
  subscribe (listener) {
    renewed = setTimeout(20).then(() => listener.onNext(credentials))
    return Promise.resolve([credentials, { dispose () {} }])
  },
  onReAuthenticationError (error) { throw error }
}

async function main () {
  const client = createClient({ url: `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}`, pingInterval: 20, credentialsProvider })
  // One may be on its way when the client leaves.
  client.on('error', () => {})
  let answers = 0
  const kept = new Promise(resolve => client.on('ping-interval', () => { if (++answers === 3) resolve() }))
  await client.connect()
  // Older releases tell nothing of it, the oldest have no such thing.
  await Promise.race([kept, setTimeout(1000)])
  await renewed
  await client.ping()
  await client.disconnect()
}
main()
