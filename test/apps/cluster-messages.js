// A request has a worker of a cluster ask the server, and goes on when that one answers: both ways by Node's own messages.
const cluster = require('node:cluster')
const http = require('node:http')

const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))

if (cluster.isWorker) {
  cluster.worker.on('message', async ({ port, n }) => {
    await ask(port, `/got/${n}`)
    process.send({ done: n })
  })
  process.send('ready')
} else {
  const worker = cluster.fork()
  const server = http.createServer(async (req, res) => {
    const [, path, n] = req.url.split('/')
    if (path === 'work') {
      const { port } = server.address()
      worker.send({ port, n })
      await new Promise(resolve => cluster.on('message', (_, { done }) => { if (done === n) ask(port, `/back/${n}`).then(resolve) }))
    }
    res.end()
  }).listen(0, '127.0.0.1', () => worker.once('message', async () => {
    await Promise.all([1, 2, 3].map(n => ask(server.address().port, `/work/${n}`)))
    worker.disconnect()
    server.close()
  }))
}
