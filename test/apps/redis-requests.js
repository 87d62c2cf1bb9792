// Fifty requests at once, over one connection, and over a pool of two.
const http = require('node:http')
const { createClient } = require('redis')

const options = { url: `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}` }
const client = createClient(options)
const pool = client.createPool?.({ minimum: 1, maximum: 2, cleanupDelay: 100 }) ?? createClient({ ...options, isolationPoolOptions: { max: 2 } })

const server = http.createServer(async (req, res) => {
  const id = req.url.slice(1)
  await client.get(`single:${id}`)
  await (pool.execute?.(client => client.get(`pool:${id}`)) ?? pool.executeIsolated(client => client.get(`pool:${id}`)))
  await client.multi().get(`pipeline:${id}`).get(`pipeline:${id}`).execAsPipeline()
  client.get(`callback:${id}`).then(() => res.end())
})
server.listen(0, '127.0.0.1', async () => {
  const ask = path => new Promise(resolve => http.get({ host: '127.0.0.1', port: server.address().port, path }, res => res.resume().on('end', resolve)))
  client.connect()
  await pool.connect()
  await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`/${i}`)))
  await client.disconnect?.()
  await (pool.destroy ?? pool.disconnect).call(pool)
  server.close()
})
