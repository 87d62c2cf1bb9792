'use strict'
/**
 * What a leak of the application's own keeps of us: `npm run build && node bench/leaks.js [requests] [one in so many leaks]`.
 *
 * A server leaks a listener, a timer and a promise of each hundredth request, say, without tracing and with autospan. What its heap has grown by in the end, after
 * garbage collections, and how much more that is with autospan for each of the leaked frames, is printed, in bytes.
 */
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const http = require('node:http')
const { resolve } = require('node:path')

const REQUESTS = Number(process.argv[2] ?? 200_000)
const EVERY = Number(process.argv[3] ?? 100)
const LEAKS = 3

/** The application. */
function serve () {
  const { EventEmitter } = require('node:events')
  const bus = new EventEmitter().setMaxListeners(0)
  const timers = []
  const promises = []
  let count = 0
  const never = new Promise(() => {})
  function leak () {
    bus.on('never', () => {})
    timers.push(setTimeout(() => {}, 2 ** 30).unref())
    promises.push((async () => { await never })())
  }
  async function heap () {
    let least = Infinity
    for (let i = 0; i < 8; i++) {
      await new Promise(resolve => setTimeout(resolve, 250))
      global.gc()
      least = Math.min(least, process.memoryUsage().heapUsed)
    }
    return least
  }
  const server = http.createServer(async (req, res) => {
    if (req.url === '/heap') return res.end(String(await heap()))
    if (req.url.startsWith('/leak') && count++ % EVERY === 0) leak()
    res.end('ok')
  }).listen(0, '127.0.0.1', () => { process.send(server.address().port) })
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 20 })
const ask = (port, path) => new Promise((resolve, reject) => {
  http.get({ port, host: '127.0.0.1', path, agent }, answer => {
    let text = ''
    answer.setEncoding('utf8').on('data', more => { text += more }).on('end', () => resolve(text))
  }).on('error', reject)
})
async function load (port, path, requests) {
  let left = requests
  await Promise.all(Array.from({ length: 20 }, async () => { while (left-- > 0) await ask(port, `${path}/${left}`) }))
}

/** Bytes by which the heap grows. */
async function grown (node, sink) {
  const child = spawn(process.execPath, ['--expose-gc', ...node, __filename, 'serve', String(EVERY)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: sink, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_MAX_QUEUE_SIZE: '100000' } })
  const [port] = await once(child, 'message')
  await load(port, '/warm', Math.min(20_000, REQUESTS))
  const before = Number(await ask(port, '/heap'))
  await load(port, '/leak', REQUESTS)
  const after = Number(await ask(port, '/heap'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  return after - before
}

async function main () {
  let batches = 0
  const sink = http.createServer((req, res) => { batches++; req.resume().on('end', () => res.end()) }).listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const url = `http://127.0.0.1:${sink.address().port}`
  const frames = REQUESTS / EVERY * LEAKS
  const [none, ours] = [await grown([], url), await grown(['--require', resolve(__dirname, '../register.js')], url)]
  console.log(JSON.stringify({ node: process.version, requests: REQUESTS, frames, none, autospan: ours, batches, each: Math.round((ours - none) / frames) }))
  agent.destroy()
  sink.close()
}
if (process.argv[2] === 'serve') serve()
else void main()
