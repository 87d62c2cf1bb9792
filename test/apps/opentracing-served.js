// A server that reads its caller's headers by hand, with and without a caller, and asks on without telling of itself.
const http = require('node:http')
const { globalTracer, FORMAT_HTTP_HEADERS } = require('opentracing')

const tracer = globalTracer()
const server = http.createServer((req, res) => {
  const span = tracer.startSpan(`handle ${req.url}`, { childOf: tracer.extract(FORMAT_HTTP_HEADERS, req.headers) })
  const answer = () => { res.end(); span.finish() }
  if (req.url !== '/first') return answer()
  http.get({ port: server.address().port, host: '127.0.0.1', path: '/second', agent: false }, res => res.resume().on('end', answer))
})
server.listen(0, '127.0.0.1', () => {
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
  const get = (path, headers, done) => http.get({ port: server.address().port, host: '127.0.0.1', path, headers, agent: false }, res => res.resume().on('end', done))
  get('/first', {}, () => get('/third', headers, () => server.close()))
})
