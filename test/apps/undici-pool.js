// Ten requests at once to a server that asks another by a pool of one connection, which is a keep-alive one: followed, retried, plain, by fetch, and by a fetch
// of which somebody hears by undici's channels.
const { subscribe } = require('node:diagnostics_channel')
const { createServer, get } = require('node:http')
const { once } = require('node:events')
const { Readable } = require('node:stream')
const undici = require('undici')
const { Pool, Agent, RetryAgent, interceptors } = undici

const tries = new Set()
const inner = createServer((req, res) => {
  const number = req.url.split('?')[1]
  if (req.url.startsWith('/moved')) return res.writeHead(302, { location: `/here?${number}` }).end()
  if (req.url.startsWith('/flaky') && !tries.has(number)) return tries.add(number), res.writeHead(503).end()
  setTimeout(() => res.end('inner'), 1)
})

async function main () {
  await once(inner.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${inner.address().port}`
  const one = { connections: 1, pipelining: 1 }
  const ways = {
    plain: () => { const pool = new Pool(origin, one); return number => pool.request({ path: `/plain?${number}`, method: 'GET' }) },
    fetched: () => {
      const dispatcher = new Pool(origin, one)
      return async number => ({ body: Readable.fromWeb((await undici.fetch(`${origin}/plain?${number}`, { dispatcher })).body) })
    },
    heard: () => {
      subscribe('undici:request:trailers', ({ request }) => { get(`${origin}/heard?${request.path.split('?')[1]}`, { agent: false }, answer => answer.resume()) })
      return ways.fetched()
    },
    moved: () => {
      const pool = interceptors?.redirect === undefined ? new Agent({ ...one, maxRedirections: 1 }) : new Agent(one).compose(interceptors.redirect({ maxRedirections: 1 }))
      return number => undici.request(`${origin}/moved?${number}`, { dispatcher: pool, maxRedirections: interceptors?.redirect === undefined ? 1 : undefined })
    },
    flaky: () => {
      const agent = RetryAgent === undefined ? new Agent(one) : new RetryAgent(new Agent(one), { minTimeout: 1, timeoutFactor: 1 })
      return async number => {
        const answer = await undici.request(`${origin}/flaky?${number}`, { dispatcher: agent })
        return answer.statusCode === 503 ? undici.request(`${origin}/flaky?${number}`, { dispatcher: agent }) : answer
      }
    }
  }
  const ask = ways[process.argv[2]]()
  const outer = createServer(async (req, res) => {
    const number = req.url.split('?')[1]
    const { body } = await ask(number)
    body.on('data', () => {}).on('end', () => get(`${origin}/after?${number}`, { agent: false }, answer => answer.resume().on('end', () => res.end('outer'))))
  })
  await once(outer.listen(0, '127.0.0.1'), 'listening')
  const answers = Array.from({ length: 10 }, (_, i) => new Promise(resolve => {
    get(`http://127.0.0.1:${outer.address().port}/?${i}`, { agent: false }, answer => answer.resume().on('end', resolve))
  }))
  await Promise.all(answers)
  for (const server of [inner, outer]) { server.close(); server.closeAllConnections() }
}
main()
