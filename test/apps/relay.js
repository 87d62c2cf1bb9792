// Passes a request on to NEXT, with the headers that `x-own` asks for, and answers with what came back.
const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/end') {
    res.end()
    server.close()
    return
  }
  http.get(process.env.NEXT, { headers: JSON.parse(req.headers['x-own'] || '{}'), agent: false }, answer => answer.pipe(res))
}).listen(0, '127.0.0.1', () => console.log(server.address().port))
