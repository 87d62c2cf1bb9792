// Fifty requests at once, over a connection that is not yet there when the first of them comes.
const http = require('node:http')
const redis = require('redis3')

let client
const server = http.createServer((req, res) => {
  const id = req.url.slice(1)
  client ??= redis.createClient(process.env.REDIS_PORT, process.env.REDIS_HOST)
  client.get(`single:${id}`, () => {
    client.batch().get(`pipeline:${id}`).get(`pipeline:${id}`).exec(() => {
      client.get(`callback:${id}`, () => res.end())
    })
  })
})
server.listen(0, '127.0.0.1', async () => {
  const ask = path => new Promise(resolve => http.get({ host: '127.0.0.1', port: server.address().port, path }, res => res.resume().on('end', resolve)))
  await Promise.all(Array.from({ length: 50 }, (_, i) => ask(`/${i}`)))
  client.end(true)
  server.close()
})
