// A subscription that a request opens outlives it: messages are nobody's, and neither is what happens to a connection.
const http = require('node:http')
const { createClient } = require('redis')

const options = { url: `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}`, socket: { reconnectStrategy: () => 20 } }
const client = createClient(options).on('error', () => {})
let subscriber
let cut = false

const server = http.createServer(async (req, res) => {
  subscriber = createClient(options)
  await subscriber.connect()
  await subscriber.subscribe('news', async () => {
    await client.incr('heard')
    // Two commands while the connection is being made again.
    client.once('reconnecting', async () => {
      if (cut) return
      cut = true
      await Promise.all([client.get('queued'), client.get('queued')])
      await subscriber.unsubscribe('news')
      await Promise.all([client.disconnect(), subscriber.disconnect()])
      server.close()
    })
    const id = await client.sendCommand(['CLIENT', 'ID'])
    const other = createClient(options)
    await other.connect()
    await other.sendCommand(['CLIENT', 'KILL', 'ID', String(id)])
    await other.disconnect()
  })
  res.end()
})
server.listen(0, '127.0.0.1', async () => {
  await client.connect()
  http.get({ host: '127.0.0.1', port: server.address().port }, res => res.resume().on('end', () => client.publish('news', 'secret')))
})
