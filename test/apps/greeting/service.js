// A service of the greeting, traced by hand as OpenTracing's tutorials teach it: `node service.js formatter` or `node service.js publisher`.
const http = require('node:http')
const { FORMAT_HTTP_HEADERS, Tags } = require('opentracing')

const name = process.argv[2]
const tracer = require('./tracer')(name)

const answers = {
  '/format' (query, span) {
    const greeting = span.getBaggageItem('greeting') ?? 'Hello'
    span.log({ event: 'format', value: query.get('to') })
    return `${greeting}, ${query.get('to')}!`
  },
  '/publish' (query, span) {
    span.log({ event: 'println', value: query.get('what') })
    console.log(query.get('what'))
    return 'published'
  }
}

const server = http.createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost')
  const caller = tracer.extract(FORMAT_HTTP_HEADERS, req.headers)
  const span = tracer.startSpan(pathname.slice(1), { childOf: caller, tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER } })
  res.end(answers[pathname](searchParams, span))
  span.finish()
}).listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => { server.close(); server.closeAllConnections(); tracer.close() })
