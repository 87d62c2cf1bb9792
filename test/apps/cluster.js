// Two processes serve; this one asks each of them once (in turn), and then lets them go.
const cluster = require('node:cluster')
const http = require('node:http')
const { once } = require('node:events')

if (cluster.isWorker) {
  http.createServer((req, res) => { res.setHeader('connection', 'close').end(String(process.pid)) }).listen(0, '127.0.0.1')
  process.on('message', () => process.disconnect())
} else {
  const ask = port => new Promise(resolve => http.get({ port, host: '127.0.0.1', agent: false }, answer => answer.setEncoding('utf8').on('data', resolve)))
  Promise.all([cluster.fork(), cluster.fork()].map(async worker => [worker, (await once(worker, 'listening'))[0].port])).then(async ready => {
    const pids = [await ask(ready[0][1]), await ask(ready[1][1])]
    console.log(process.pid, ...pids.sort())
    for (const [worker] of ready) worker.send('end')
  })
}
