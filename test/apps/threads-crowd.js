// Requests at once, each of which sends several messages to one worker that is busy at first; all that it hears it tells to the server, by a path.
const http = require('node:http')
const { Worker, isMainThread, parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads')

const agent = new http.Agent({ maxSockets: 20 })
const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent }, answer => answer.resume().on('close', resolve)))

if (!isMainThread) {
  const { port, count } = workerData
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
  let heard = receiveMessageOnPort(parentPort) === undefined ? 0 : 1
  parentPort.on('message', path => {
    ask(port, path)
    if (++heard === count) setTimeout(() => parentPort.close(), 500)
  })
} else {
  const [requests, each] = process.argv.slice(2).map(Number)
  const server = http.createServer((req, res) => {
    const [, request, step] = req.url.split('/')
    if (step === undefined) {
      worker.postMessage(`/${request}/0`)
      setTimeout(() => { for (let i = 1; i < each; i++) worker.postMessage(`/${request}/${i}`) }, 5)
    }
    res.end()
  }).listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    worker = new Worker(__filename, { workerData: { port, count: requests * each } }).on('exit', () => { agent.destroy(); server.close() })
    for (let i = 0; i < requests; i++) ask(port, `/${i}`)
  })
  let worker
}
