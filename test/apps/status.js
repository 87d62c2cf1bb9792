// Serves two requests that it makes itself, one of them in a trace that is not recorded, and prints what became of it all.
const http = require('node:http')
const autospan = require('autospan')

const get = (port, headers) => new Promise(resolve => {
  http.get({ port, host: '127.0.0.1', agent: false, headers }, answer => answer.resume().on('close', () => setTimeout(resolve, 20)))
})
const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  await get(port, {})
  await get(port, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' })
  await autospan.flush()
  console.log(JSON.stringify(autospan.status() ?? null))
  server.close()
})
