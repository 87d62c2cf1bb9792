// A subscription that a request opens outlives it: messages are nobody's, and neither is what happens to a connection.
const http = require('node:http')
const Redis = process.argv[2] === 'ioredis4' ? require('ioredis4') : require('ioredis')

const options = { host: process.env.REDIS_HOST, port: process.env.REDIS_PORT, retryStrategy: () => 20 }
const channel = `news:${process.argv[2]}`
const redis = new Redis(options)
let subscriber

const server = http.createServer((req, res) => {
  subscriber = new Redis({ ...options, lazyConnect: true })
  subscriber.on('message', async () => {
    await redis.incr('heard')
    // Three commands while the connection is being made again.
    redis.once('ready', () => redis.exists('ready'))
    redis.once('close', async () => {
      await Promise.all([redis.get('queued'), redis.get('queued')])
      redis.disconnect()
      subscriber.disconnect()
      server.close()
    })
    redis.disconnect(true)
  })
  subscriber.connect(() => subscriber.subscribe(channel, () => res.end()))
})
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port }, res => res.resume().on('end', () => redis.publish(channel, 'secret')))
})
