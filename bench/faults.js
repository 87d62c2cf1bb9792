'use strict'
// What a collector that fails costs the application: latency at a fixed rate and memory, with each fault, beside the same application without tracing.
// The two are asked in turn, in the same seconds, so that whatever else the machine does hits both. `node bench/faults.js [seconds] [a word of the fault]`
const { fork } = require('node:child_process')
const { once } = require('node:events')
const http = require('node:http')
const { join } = require('node:path')

const RATE = 200
const SECONDS = Number(process.argv[2] ?? 15)
const REGISTER = join(__dirname, '../register.js')
const answering = (...answer) => (req, res) => req.resume().on('end', () => res.writeHead(...answer).end())

/** What the collector does with a request; where it is, if not at its own URL. */
const FAULTS = {
  'none: it answers': { answer: answering(200) },
  'nobody listens': { url: 'http://127.0.0.1:9' },
  'no such host': { url: 'http://nowhere.invalid:4318' },
  'takes connections, never answers': { answer: () => {} },
  'answers after 2 s': { answer: (req, res) => setTimeout(answering(200), 2000, req, res) },
  '429, Retry-After: 1': { answer: answering(429, { 'retry-after': 1 }) },
  '503, Retry-After: 5': { answer: answering(503, { 'retry-after': 5 }) },
  '400, for all': { answer: answering(400) },
  'half an answer': { answer: req => req.resume().on('end', () => req.socket.end('HTTP/1.1 200 OK\r\ncontent-le')) },
  'https, but it speaks no TLS': { answer: answering(200), url: url => url.replace('http:', 'https:') },
  'restarts every second': { answer: answering(200), restarts: true }
}

/** The application: each request asks the same server for something, by which there are three spans. */
function application () {
  const agent = new http.Agent({ keepAlive: true })
  const server = http.createServer((req, res) => {
    if (req.url === '/inner') return res.end('there')
    http.get({ port: server.address().port, host: '127.0.0.1', path: '/inner', agent }, answer => answer.on('end', () => res.end('hello')).resume())
  }).listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/` }))
  process.on('message', () => process.send({ rss: process.memoryUsage.rss() }))
}

function collector ({ answer = () => {}, restarts }) {
  const sockets = new Set()
  const server = http.createServer(answer).on('connection', socket => sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket))))
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    process.send({ url: `http://127.0.0.1:${port}` })
    if (restarts) {
      setInterval(() => {
        server.close(() => setTimeout(() => server.listen(port, '127.0.0.1'), 200))
        for (const socket of sockets) socket.destroy()
      }, 1000)
    }
  })
}

async function start (role, options) {
  const child = fork(__filename, role, { env: { PATH: process.env.PATH }, ...options })
  const [{ url }] = await once(child, 'message')
  return { child, url, agent: new http.Agent({ keepAlive: true }), took: [], asked: 0, wrong: 0 }
}

function ask (app) {
  const begin = performance.now()
  app.asked++
  http.get(app.url, { agent: app.agent }, answer => {
    let text = ''
    answer.on('data', part => { text += part }).on('end', () => {
      if (answer.statusCode === 200 && text === 'hello') app.took.push(performance.now() - begin)
      else app.wrong++
    })
  }).on('error', () => { app.wrong++ })
}

async function load (apps, seconds) {
  for (const app of apps) Object.assign(app, { took: [], asked: 0, wrong: 0 })
  const begin = performance.now()
  for (let n = 0; n < RATE * seconds;) {
    for (const due = (performance.now() - begin) / 1000 * RATE; n < due; n++) for (const app of n % 2 === 0 ? apps : [...apps].reverse()) ask(app)
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  while (apps.some(({ asked, took, wrong }) => took.length + wrong < asked)) await new Promise(resolve => setTimeout(resolve, 10))
}

async function measure ({ url, ...fault }, name) {
  const sink = await start(['collector', name], {})
  const to = typeof url === 'function' ? url(sink.url) : url ?? sink.url
  const env = { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: to }
  const bare = await start(['application'], {})
  const traced = await start(['application'], { env, execArgv: ['--require', REGISTER], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let said = ''
  traced.child.stderr.on('data', text => { said += text })
  const apps = [bare, traced]
  await load(apps, 2)   // warm
  await load(apps, SECONDS)
  for (const app of apps) {
    app.child.send('rss')
    app.rss = (await once(app.child, 'message'))[0].rss
    app.child.kill('SIGTERM')
    await once(app.child, 'close')
  }
  sink.child.kill('SIGKILL')
  const [, spans = 0, lost = ''] = /lost of (\d+) spans: (.*)/.exec(said) ?? []
  const dropped = [...lost.matchAll(/(\d+) /g)].reduce((sum, [, count]) => sum + Number(count), 0)
  return { bare, traced, lines: said.split('\n').filter(line => line !== '').length, lost: dropped === 0 ? '0' : `${dropped} of ${spans}` }
}

const quantile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * share)]
const over = (one, other) => `${one.toFixed(2)} (${one < other ? '' : '+'}${(one - other).toFixed(2)})`

async function main () {
  console.log(`${RATE} requests/s for ${SECONDS} s, three spans each; Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}. In brackets: over no tracing.\n`)
  console.log('| the collector | p50, ms | p99, ms | RSS, MB | wrong answers | spans lost | lines on stderr |\n| --- | --- | --- | --- | --- | --- | --- |')
  for (const [name, fault] of Object.entries(FAULTS).filter(([name]) => name.includes(process.argv[3] ?? ''))) {
    const { bare, traced, lines, lost } = await measure(fault, name)
    const [p50, p99] = [0.5, 0.99].map(share => over(quantile(traced.took, share), quantile(bare.took, share)))
    const rss = `${Math.round(traced.rss / 1e6)} (+${Math.round((traced.rss - bare.rss) / 1e6)})`
    console.log(`| ${name} | ${p50} | ${p99} | ${rss} | ${traced.wrong} | ${lost} | ${lines} |`)
  }
}

const [, , role, name] = process.argv
if (role === 'application') application()
else if (role === 'collector') collector(FAULTS[name])
else void main()
