// A subscription that a request opens outlives it: messages are nobody's, and neither is what happens to a connection.
const http = require('node:http')
const redis = require('redis3')

const options = { host: process.env.REDIS_HOST, port: process.env.REDIS_PORT, retry_strategy: () => 20 }
const client = redis.createClient(options)
let subscriber

const server = http.createServer((req, res) => {
  subscriber = redis.createClient(options)
  subscriber.on('message', () => client.incr('heard', () => {
    client.once('reconnecting', () => {
      // Three commands while the connection is being made again.
      client.set('queued', 1)
      client.get('queued')
      client.get('queued', () => {
        subscriber.unsubscribe('news3', () => {
          client.end(false)
          subscriber.end(false)
          server.close()
        })
      })
    })
    client.stream.destroy()
  }))
  subscriber.subscribe('news3', () => res.end())
})
server.listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port }, res => res.resume().on('end', () => client.publish('news3', 'secret')))
})
