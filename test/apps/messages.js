// Requests send messages to a process that is there already. It asks the server for each, and answers; the request asks the server when it has the answer.
// What the parent gets is printed, with what either side is told that Node keeps from applications. OPTIONS: those of fork, as JSON.
const http = require('node:http')
const net = require('node:net')
const { fork } = require('node:child_process')
const { once } = require('node:events')

const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))
const isOfNode = ({ cmd }) => cmd.startsWith('NODE_HANDLE')

if (process.argv[2] !== undefined) {
  process.on('internalMessage', message => { if (!isOfNode(message)) process.send({ internal: message }) })
  process.on('message', async (message, handle) => {
    if (message === 'end') return process.disconnect()
    handle?.close()
    await ask(process.argv[2], `/got/${message.n}`)
    process.send({ ...message, handle: handle !== undefined, env: Object.keys(process.env).filter(name => name.includes('AUTOSPAN_PARENT')) })
  })
  process.send({ n: 'ready' })
} else {
  let child
  const waiting = new Map()
  const other = net.createServer()
  const answer = async n => { let message; do [message] = await once(child, 'message'); while (message.n !== n) }
  const server = http.createServer(async (req, res) => {
    const [, path, n] = req.url.split('/')
    if (path === 'work') {
      // It is not sent, nor is its context.
      const impossible = { impossible () {} }
      impossible.circle = impossible
      if (n === '2') try { child.send(impossible) } catch { console.log('not sent') }
      if (n === 'handle') child.send({ n }, other)
      else if (n !== '2') child.send({ n })
      if (n === '2') setImmediate(() => res.end())
      else await new Promise(resolve => waiting.set(n, () => ask(server.address().port, `/back/${n}`).then(resolve)))
    }
    res.end()
  }).listen(0, '127.0.0.1', async () => {
    const { port } = server.address()
    child = fork(__filename, [port], JSON.parse(process.env.OPTIONS ?? '{}'))
    const got = []
    child.on('internalMessage', internal => { if (!isOfNode(internal)) got.push({ internal }) })
    child.on('message', message => {
      got.push(message)
      waiting.get(message.n)?.()
    })
    await answer('ready')
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask(port, `/work/${10 + n}`)))
    await ask(port, '/work/2')
    child.send({ n: 'nobody' })
    await answer('nobody')
    await once(other.listen(0, '127.0.0.1'), 'listening')
    await ask(port, '/work/handle')
    other.close()
    child.send('end')
    await once(child, 'exit')
    console.log(got.map(message => JSON.stringify(message)).sort().join('\n'))
    server.close()
  })
}
