// What listeners and callbacks do is done for the request that they were added for, or for that part of it which emits an event of its own: each asks /leaf, and says who it is.
const { createServer, Agent, get } = require('node:http')
const { once } = require('node:events')
const { span } = require('autospan')

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let port
const leaf = (who, then = () => {}) => get({ host: '127.0.0.1', port, agent, path: `/leaf?${who}` }, answer => answer.resume().on('end', then))

const server = createServer((req, res) => {
  const [path, number] = req.url.split('?')
  if (path === '/leaf') return res.end()
  let data = false
  req.on('data', () => { if (!data) leaf(`data-${number}`); data = true })
  req.on('end', () => leaf(`end-${number}`, () => {
    res.on('own', () => leaf(`own-${number}`))
    span('work', () => res.emit('own'))
    res.on('finish', () => leaf(`finish-${number}`))
    res.on('close', () => leaf(`close-${number}`))
    res.write('o', () => leaf(`written-${number}`, () => res.end('k')))
  }))
})

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = server.address().port
  // Two connections, each with several requests, and on each the requests of both are mixed.
  const own = new Agent({ keepAlive: true, maxSockets: 2 })
  const all = [0, 1, 2, 3].map(number => new Promise(resolve => {
    const request = require('node:http').request({ host: '127.0.0.1', port, agent: own, method: 'POST', path: `/?${number}` }, answer => answer.resume().on('end', resolve))
    request.write('some')
    setTimeout(() => request.end('more'), 20)
  }))
  await Promise.all(all)
  while (agent.requests && Object.keys(agent.requests).length + Object.keys(agent.sockets).length > 0) await new Promise(resolve => setTimeout(resolve, 20))
  own.destroy()
  agent.destroy()
  server.close()
}
main()
