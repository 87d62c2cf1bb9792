// A request that goes on when it has been answered, and its span was sent. Prints what it passes on before and after: `node outlived.js '{"traceparent": "..."}' 200`.
const { once } = require('node:events')
const http = require('node:http')
const net = require('node:net')
const api = require('@opentelemetry/api')
const { flush } = require('autospan')

const [given, status] = [JSON.parse(process.argv[2]), Number(process.argv[3])]
const PASSED = /^(?:traceparent|tracestate|baggage|x-b3-\w+): .*$/gm

/** It answers with what it was passed on, and is none of http's servers: so nothing of it is traced. */
const other = net.createServer(socket => socket.on('data', text => {
  const passed = JSON.stringify(String(text).match(PASSED) ?? [])
  socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${passed.length}\r\nConnection: close\r\n\r\n${passed}`)
}))
const passedOn = headers => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port: other.address().port, headers, agent: false }, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', more => { text += more }).on('end', () => resolve(JSON.parse(text)))
  }).on('error', reject)
})

async function work () {
  const span = api.trace.getActiveSpan()
  const { traceState, ...context } = span.spanContext()
  return { plain: await passedOn({}), proxied: await passedOn(given), context, state: traceState?.serialize(), isSame: span === api.trace.getActiveSpan(), isRecording: span.isRecording() }
}

let sent
const isSent = new Promise(resolve => { sent = resolve })
let tell
const told = new Promise(resolve => { tell = resolve })
const server = http.createServer(async (_, res) => {
  const early = await work()
  res.writeHead(status).end()
  await isSent
  tell({ early, late: await work() })
})

async function main () {
  for (const each of [server, other]) await once(each.listen(0, '127.0.0.1'), 'listening')
  const client = net.connect(server.address().port, '127.0.0.1')
  client.write(['GET / HTTP/1.1', 'Host: shop', 'Connection: close', ...Object.entries(given).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n'))
  await once(client.resume(), 'close')
  await flush()
  sent()
  console.log(JSON.stringify(await told))
  server.close()
  other.close()
}
main()
