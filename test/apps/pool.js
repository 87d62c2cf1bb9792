// Requests that come at once queue tasks for the one worker of a pool; each task asks the server, by the path of its request.
const http = require('node:http')

exports.ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))

exports.serve = (run, end) => {
  const requests = ['/1', '/2', '/3', '/4']
  const server = http.createServer(async (req, res) => {
    if (requests.includes(req.url)) {
      const { port } = server.address()
      const answer = await run({ port, path: `${req.url}/task` })
      if (JSON.stringify(answer) !== '["port","path"]') throw new Error(`a task got ${JSON.stringify(answer)}`)
      await exports.ask(port, `${req.url}/after`)
    }
    res.end()
  }).listen(0, '127.0.0.1', async () => {
    const { port } = server.address()
    // What a task asks when nobody queued it in a trace is in no trace.
    await run({ port, path: '/nobody' })
    await Promise.all(requests.map(path => exports.ask(port, path)))
    await run({ port, path: '/nobody' })
    server.close()
    await end()
  })
}
