// Fifty requests at once, over a connection that is not yet there when the first of them comes.
const http = require('node:http')
const Redis = process.argv[2] === 'ioredis4' ? require('ioredis4') : require('ioredis')

const options = { host: process.env.REDIS_HOST, port: process.env.REDIS_PORT, lazyConnect: true }
const redis = new Redis(options)
const automatic = new Redis({ ...options, enableAutoPipelining: true })

const server = http.createServer(async (req, res) => {
  const id = req.url.slice(1)
  await redis.get(`single:${id}`)
  await automatic.get(`automatic:${id}`)
  redis.pipeline().get(`pipeline:${id}`).get(`pipeline:${id}`).exec(() => {
    redis.get(`callback:${id}`, () => res.end())
  })
})
server.listen(0, '127.0.0.1', async () => {
  const ask = path => new Promise(resolve => http.get({ host: '127.0.0.1', port: server.address().port, path }, res => res.resume().on('end', resolve)))
  await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`/${i}`)))
  redis.disconnect()
  automatic.disconnect()
  server.close()
})
