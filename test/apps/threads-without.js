// Workers that have no preload, or switch it off, and one that such a worker makes: everybody gets what he was sent, and nothing else.
const http = require('node:http')
const { Worker, isMainThread, parentPort, workerData, getEnvironmentData, setEnvironmentData } = require('node:worker_threads')

const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))

if (isMainThread) {
  setEnvironmentData('mine', 1)
  const server = http.createServer(async (req, res) => {
    if (req.url === '/work') {
      for (const options of [{ execArgv: [] }, { env: { ...process.env, AUTOSPAN_ENABLED: 'false' } }]) {
        const worker = new Worker(__filename, { workerData: { port: server.address().port, outer: true, register: process.execArgv }, ...options })
        worker.postMessage({ n: 1 })
        console.log(await new Promise(resolve => worker.on('message', resolve)))
      }
    }
    res.end()
  }).listen(0, '127.0.0.1', () => ask(server.address().port, '/work').then(() => server.close()))
} else if (workerData.outer) {
  parentPort.once('message', message => {
    const inner = new Worker(__filename, { workerData: { port: workerData.port }, execArgv: workerData.register, env: { ...process.env, AUTOSPAN_ENABLED: 'true' } })
    inner.postMessage(message)
    inner.once('message', answer => parentPort.postMessage(`${JSON.stringify(message)} ${answer}`))
  })
} else {
  parentPort.once('message', message => ask(workerData.port, '/inner').then(() => parentPort.postMessage(`${JSON.stringify(message)} ${getEnvironmentData('mine')}`)))
}
