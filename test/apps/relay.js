// Passes a request on to NEXT, and answers with what came back: by http or by fetch, with the headers that `x-own` asks for, or with all that it got.
// It answers with the status `x-status`, and after `x-wait` milliseconds.
const http = require('node:http')
const { setTimeout: wait } = require('node:timers/promises')

const { NEXT } = process.env
const server = http.createServer(async (req, res) => {
  res.statusCode = Number(req.headers['x-status'] || 200)
  if ('x-wait' in req.headers) await wait(Number(req.headers['x-wait']))
  const own = JSON.parse(req.headers['x-own'] || '{}')
  if (req.url === '/end') {
    res.end()
    server.close()
  } else if (req.url === '/fetch') {
    res.end(await (await fetch(NEXT, { headers: own })).text())
  } else {
    const { host, connection, ...rest } = req.headers
    const headers = { '/proxy': rest, '/array': ['host', new URL(NEXT).host, ...Object.entries(rest).flat()] }[req.url] || own
    http.get(NEXT, { headers, agent: false }, answer => answer.pipe(res))
  }
}).listen(0, '127.0.0.1', () => console.log(server.address().port))
