// Serves as many requests of its own as the second argument says, leaves one more open if there is a third, and ends as the first one names.
const { spawn } = require('node:child_process')
const http = require('node:http')
const [how, count, open] = process.argv.slice(2)

const server = http.createServer((req, res) => { if (req.url === '/done') res.end('hello') }).listen(0, '127.0.0.1', async () => {
  for (let left = Number(count); left > 0; left -= 50) await Promise.all(Array.from({ length: Math.min(left, 50) }, () => get('/done')))
  if (open !== undefined) {
    get('/open')
    await new Promise(resolve => server.once('request', resolve))
  }
  setTimeout(end, 20)
})

function get (path) {
  return new Promise(resolve => {
    http.get({ port: server.address().port, host: '127.0.0.1', path, agent: false }, answer => answer.resume().on('close', resolve)).on('error', () => {})
  })
}

function end () {
  console.log(Date.now())
  if (how === 'exit') process.exit(3)
  if (how === 'exit again') {
    process.on('exit', () => process.exit(5))
    process.exit(3)
  }
  if (how === 'throw again') process.on('uncaughtException', error => { throw error })
  if (how.startsWith('throw')) throw new Error('unseen')
  if (how === 'reject') return Promise.reject(new Error('unseen'))
  if (how.startsWith('SIG')) {
    setTimeout(() => console.log('survived'), 5000)
    return spawn('kill', ['-s', how.slice('SIG'.length), String(process.pid)])
  }
  if (how === 'kill') kill()
  if (how === 'kill by number') kill(1)
  if (how === 'kill at exit') process.on('exit', () => kill('SIGINT'))
  // Nothing is left to do.
  server.close()
  server.unref()
  for (const handle of process._getActiveHandles()) handle.unref()
}

function kill (signal) {
  process.kill(process.pid, signal)
  console.log('survived')
}
