// A request makes a worker, and talks to it; what each of them asks of the server is told by its path.
const http = require('node:http')
const { Worker, isMainThread, parentPort, workerData, receiveMessageOnPort } = require('node:worker_threads')

const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))

if (!isMainThread) {
  const { port } = workerData
  parentPort.once('message', first => {
    ask(port, `/got/${first.path}`).then(() => {
      parentPort.postMessage({ path: 'back', map: new Map([[1, new Date(0)]]), bytes: first.bytes })
      parentPort.onmessage = ({ data }) => ask(port, `/got/${data}`).then(() => { parentPort.postMessage('done'); parentPort.close() })
    })
  })
  ask(port, '/start')
} else {
  const server = http.createServer(async (req, res) => {
    if (req.url !== '/work') return res.end()
    const { port } = server.address()
    const worker = new Worker(__filename, { workerData: { port } })
    const bytes = new Uint8Array([1, 2, 3])
    try { worker.postMessage(() => {}) } catch (error) { if (error.name !== 'DataCloneError') throw error }
    worker.postMessage({ path: 'first', bytes }, [bytes.buffer])
    worker.once('message', message => {
      if (message.map.get(1).getTime() !== 0 || message.bytes.length !== 3 || bytes.length !== 0 || Object.keys(message).join() !== 'path,map,bytes') throw new Error('a message has changed')
      ask(port, `/got/${message.path}`).then(() => worker.postMessage('second'))
      worker.once('message', message => res.end(message))
    })
  }).listen(0, '127.0.0.1', () => ask(server.address().port, '/work').then(() => server.close()))
}
