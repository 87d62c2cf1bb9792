// node hello.js Bryan Bonjour
const { fork } = require('node:child_process')
const http = require('node:http')
const path = require('node:path')
const { FORMAT_HTTP_HEADERS, Tags } = require('opentracing')

const tracer = require('./tracer')('hello-world')
const [to = 'you', greeting = 'Hello'] = process.argv.slice(2)

const start = name => new Promise(resolve => {
  const child = fork(path.join(__dirname, 'service.js'), [name])
  child.once('message', port => resolve({ port, stop: () => new Promise(resolve => child.on('exit', resolve).disconnect()) }))
})

function told (span, url) {
  const headers = {}
  span.setTag(Tags.HTTP_URL, url)
  span.setTag(Tags.HTTP_METHOD, 'GET')
  span.setTag(Tags.SPAN_KIND, Tags.SPAN_KIND_RPC_CLIENT)
  tracer.inject(span, FORMAT_HTTP_HEADERS, headers)
  return headers
}

async function format (port, root) {
  const span = tracer.startSpan('formatString', { childOf: root.context() })
  const url = `http://127.0.0.1:${port}/format?to=${to}`
  const text = await (await fetch(url, { headers: told(span, url) })).text()
  span.log({ event: 'string-format', value: text })
  span.finish()
  return text
}

function print (port, root, text) {
  const span = tracer.startSpan('printHello', { childOf: root.context() })
  const url = `http://127.0.0.1:${port}/publish?what=${encodeURIComponent(text)}`
  return new Promise((resolve, reject) => {
    http.get(url, { headers: told(span, url), agent: false }, res => res.resume().on('end', () => {
      span.setTag(Tags.HTTP_STATUS_CODE, res.statusCode)
      span.finish()
      resolve()
    })).on('error', reject)
  })
}

async function main () {
  const [formatter, publisher] = await Promise.all(['formatter', 'publisher'].map(start))
  const root = tracer.startSpan('sayHello')
  root.setTag('hello-to', to)
  root.setBaggageItem('greeting', greeting)
  await print(publisher.port, root, await format(formatter.port, root))
  root.finish()
  await Promise.all([formatter.stop(), publisher.stop()])
  tracer.close()
}
void main()
