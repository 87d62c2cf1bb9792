// Starts an OpenTelemetry SDK of its own, while it has tracing switched off, and then wishes it on again, by a call and by a signal. Says what its requests told of the trace.
const http = require('node:http')
const { disable, enable, span, status } = require('autospan')
const { trace } = require('@opentelemetry/api')
const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base')

const ask = port => new Promise(resolve => {
  http.get({ port, host: '127.0.0.1', agent: false }, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', part => { text += part }).on('end', () => resolve(`${text} ${status().enabled}`))
  })
})
const signalled = () => new Promise(resolve => {
  process.once('SIGUSR2', resolve)
  process.kill(process.pid, 'SIGUSR2')
})

const server = http.createServer((req, res) => res.end(String(req.headers.traceparent))).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  span('before', () => {})
  disable()
  trace.setGlobalTracerProvider(new BasicTracerProvider())
  const told = [await ask(port)]
  enable()
  told.push(await ask(port))
  await signalled()
  enable()
  told.push(await ask(port))
  console.log(told.join(', '))
  server.close()
})
