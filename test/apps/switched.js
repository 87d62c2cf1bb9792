// Tracing is switched off while a request is served, and while others are under way; and on again when they are over.
const http = require('node:http')
const { active, disable, enable, span, traced } = require('autospan')

const work = traced(async function work () { await null })
const steps = traced(async function * steps () { yield 1; yield 2 })
const get = (port, path) => new Promise(resolve => http.get({ port, path, agent: false }, answer => answer.resume().on('end', resolve)))
// /open has come, and may go.
let arrive, leave
const arrived = new Promise(resolve => { arrive = resolve })
const left = new Promise(resolve => { leave = resolve })

const server = http.createServer(async (req, res) => {
  if (req.url === '/switched') {
    const { port } = server.address()
    const before = active()
    const open = fetch(`http://localhost:${port}/open`)
    const begun = steps()
    await begun.next()
    await arrived
    disable()
    await work()
    await span('unseen', inner => console.log(inner.isRecording()))
    await get(port, '/unseen')
    leave()
    console.log(active() === before, (await open).status, await begun.next(), await begun.next())
  }
  if (req.url === '/open') {
    arrive()
    await left
  }
  res.end()
}).listen(0, async () => {
  const { port } = server.address()
  await get(port, '/switched')
  await get(port, '/unseen')
  enable()
  await get(port, '/seen')
  await work()
  server.close()
})
