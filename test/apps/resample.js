// Asks itself, and changes in between how much of it is recorded.
const http = require('node:http')
const { setSampling } = require('autospan')

const heard = []
const server = http.createServer((req, res) => {
  heard.push(req.headers.traceparent?.slice(-2) ?? 'none')
  res.end()
}).listen(0, '127.0.0.1', async () => {
  const get = path => new Promise(resolve => http.get({ port: server.address().port, path, agent: false }, answer => answer.resume().on('end', resolve)))
  await get('/')
  setSampling({ ratio: 0 })
  await get('/')
  setSampling({ ratio: 1 })
  await get('/')
  try { setSampling({ ratio: 50 }) } catch (error) { heard.push(String(error)) }
  await get('/')
  console.log(heard.join(', '))
  server.close()
})
