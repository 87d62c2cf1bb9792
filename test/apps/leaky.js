// Each request leaks a listener, a timer and a promise, none of which knows the request. Prints how much of the requests is still in memory in the end.
const { EventEmitter, once } = require('node:events')
const http = require('node:http')
const v8 = require('node:v8')

const bus = new EventEmitter().setMaxListeners(0)
const never = new Promise(() => {})
const kept = []
function leak () {
  bus.on('never', () => {})
  kept.push(setTimeout(() => {}, 2 ** 30).unref(), (async () => { await never })())
}
const seen = []
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 })
const get = path => new Promise((resolve, reject) => {
  const request = http.get({ host: '127.0.0.1', port: server.address().port, agent, path, headers: { 'x-mark': path.slice(1) } }, answer => {
    seen.push(new WeakRef(request), new WeakRef(answer))
    leak()
    answer.resume().on('end', resolve)
  }).on('error', reject)
})
const server = http.createServer(async (req, res) => {
  seen.push(new WeakRef(req), new WeakRef(res))
  leak()
  if (req.url.startsWith('/outer')) await get(req.url.replace('outer', 'inner'))
  if (req.url.startsWith('/inner')) await (await fetch(`http://127.0.0.1:${server.address().port}${req.url.replace('inner', 'fetched')}`)).text()
  if (req.url.startsWith('/fetched')) await Promise.reject(new Error(req.url)).catch(() => {})
  leak()
  res.end(req.url)
})

async function main () {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const requests = Number(process.argv[2])
  for (let i = 0; i < requests; i += 5) await Promise.all(Array.from({ length: 5 }, (_, n) => get(`/outer-marked-${i + n}`)))
  // What the last of the requests left on connections and in parsers goes with others.
  for (let i = 0; i < 20; i++) await get('/')
  for (let i = 0; i < 4; i++) {
    await new Promise(resolve => setTimeout(resolve, 100))
    global.gc()
  }
  const alive = seen.filter(ref => ref.deref() !== undefined).length
  let snapshot = ''
  for await (const part of v8.getHeapSnapshot().setEncoding('utf8')) snapshot += part
  const { strings } = JSON.parse(snapshot)
  const texts = strings.filter(text => /(outer|inner|fetched)-marked-\d/.test(text)).length
  console.log(JSON.stringify({ objects: seen.length, alive, texts }))
  agent.destroy()
  server.close()
  server.closeAllConnections()
}
main()
