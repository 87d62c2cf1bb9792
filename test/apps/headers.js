// Every way to send a request, each to a path of its own. Prints the traceparent headers that came, as the server saw them: path -> one list a request.
const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const http = require('node:http')
const http2 = require('node:http2')
const https = require('node:https')
const { join } = require('node:path')
const { PassThrough } = require('node:stream')
const undici = require('undici')
const { Agent, Client, Pool, RetryAgent, interceptors } = undici

const OWN = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01'
const seen = {}
function note (path, pairs) { (seen[path] ??= []).push(pairs.filter((_, i) => i % 2 === 1 && pairs[i - 1].toLowerCase() === 'traceparent')) }
const tried = new Set()
function listener (req, res) {
  note(req.url, req.rawHeaders)
  if (req.url.endsWith('/moved')) return res.writeHead(307, { location: req.url.replace('moved', 'here') }).end()
  if (req.url.endsWith('/flaky') && !tried.has(req.url)) return tried.add(req.url), res.writeHead(503).end()
  req.resume().on('end', () => res.end('ok'))
}
const tls = Object.fromEntries(['key', 'cert'].map(name => [name, readFileSync(join(__dirname, `tls/${name}.pem`))]))
const server = http.createServer(listener)
const secure = https.createServer(tls, listener)
const second = http2.createSecureServer({ ...tls, allowHTTP1: true }, listener)

const text = async answer => (await answer).text()
const read = async answer => (await answer).body.text()
const ended = async request => { for await (const text of (await once(request.end(), 'response'))[0]) void text }

/** The same for Node's fetch and for undici's, each with its own Request and Headers. */
const fetches = (name, { fetch, Request, Headers }) => ({
  [`${name}/text`]: url => text(fetch(url)),
  [`${name}/url`]: url => text(fetch(new URL(url))),
  [`${name}/request`]: url => text(fetch(new Request(url, { headers: { 'x-own': '1' } }))),
  [`${name}/request-and-init`]: url => text(fetch(new Request(url, { headers: { 'x-own': '1' } }), { headers: { 'x-other': '1' } })),
  [`${name}/request-and-body`]: url => text(fetch(new Request(url, { method: 'POST', body: 'body' }), { method: 'PUT' })),
  [`${name}/headers`]: url => text(fetch(url, { headers: new Headers({ 'x-own': '1' }) })),
  [`${name}/pairs`]: url => text(fetch(url, { headers: [['x-own', '1'], ['x-own', '2']] })),
  [`${name}/stream`]: url => text(fetch(url, { method: 'POST', body: new PassThrough().end('body'), duplex: 'half' })),
  [`${name}/own`]: url => text(fetch(url, { headers: { TraceParent: OWN } })),
  [`${name}/own-pairs`]: url => text(fetch(url, { headers: [['traceparent', OWN]] })),
  [`${name}/own-request`]: url => text(fetch(new Request(url, { headers: { traceparent: OWN } }))),
  [`${name}/own-request-and-init`]: url => text(fetch(new Request(url), { headers: new Headers({ traceparent: OWN }) })),
  [`${name}/moved`]: url => text(fetch(url)),
  [`${name}/own/moved`]: url => text(fetch(url, { headers: { traceparent: OWN } }))
})

// In old versions a redirect is an option, in new ones an interceptor; the oldest have no interceptors at all.
const composed = interceptors?.redirect !== undefined
const following = composed ? { dispatcher: new Agent().compose(interceptors.redirect({ maxRedirections: 1 })) } : { maxRedirections: 1 }
const added = headers => dispatch => (options, handler) => dispatch({ ...options, headers: { ...options.headers, ...headers } }, handler)
const adding = headers => composed
  ? { dispatcher: new Agent().compose(added(headers)) }
  : undici.createRedirectInterceptor === undefined ? { headers } : { dispatcher: new Agent({ interceptors: { Agent: [added(headers)] } }) }
const own = { traceparent: OWN }
const ways = {
  ...fetches('fetch', globalThis),
  ...fetches('undici-fetch', undici),
  'undici/request': url => read(undici.request(url)),
  'undici/object': url => read(undici.request(url, { headers: { 'x-own': '1' } })),
  'undici/array': url => read(undici.request(url, { headers: ['x-own', '1', 'x-own', '2'] })),
  'undici/post': url => read(undici.request(url, { method: 'POST', body: new PassThrough().end('body') })),
  'undici/stream': url => undici.stream(url, { method: 'GET' }, () => new PassThrough().resume()),
  'undici/pipeline': url => once(undici.pipeline(url, { method: 'PUT' }, ({ body }) => body).end('body').resume(), 'end'),
  'undici/client': async (url, { origin, pathname }) => { const client = new Client(origin); await read(client.request({ path: pathname, method: 'GET' })); await client.close() },
  'undici/pool': async (url, { origin, pathname }) => { const pool = new Pool(origin); await read(pool.request({ path: pathname, method: 'GET' })); await pool.close() },
  'undici/interceptor': url => read(undici.request(url, { headers: { 'x-own': '1' }, ...adding({ 'x-other': '1' }) })),
  'undici/moved': url => read(undici.request(url, following)),
  'undici/flaky': async url => {
    if (RetryAgent !== undefined) return read(undici.request(url, { dispatcher: new RetryAgent(new Agent(), { minTimeout: 1, timeoutFactor: 1 }) }))
    await read(undici.request(url))
    await read(undici.request(url))
  },
  'undici/own': url => read(undici.request(url, { headers: { TraceParent: OWN } })),
  'undici/own-array': url => read(undici.request(url, { headers: ['Traceparent', OWN, 'x-own', '1'] })),
  'undici/own-interceptor': url => read(undici.request(url, adding(own))),
  'undici/own/moved': url => read(undici.request(url, { headers: own, ...following })),
  'http/get': (url, at) => ended(http.get(at)),
  'http/text': url => ended(http.request(url)),
  'http/options': url => ended(http.request(url, { headers: { 'x-own': ['1', '2'] } })),
  'http/after': url => { const request = http.request(url); request.setHeader('x-own', '1'); return ended(request) },
  'http/post': url => { const request = http.request(url, { method: 'POST' }); request.write('body'); return ended(request) },
  'http/early': url => { const request = http.request(url, { method: 'POST' }); request.flushHeaders(); return ended(request) },
  'http/raw': (url, { host }) => ended(http.request(url, { headers: ['Host', host, 'X-Own', '1', 'X-Own', '2'] })),
  'http/pairs': (url, { host }) => ended(http.request(url, { headers: [['Host', host], ['X-Own', '1']] })),
  'http/expect': url => ended(http.request(url, { method: 'PUT', headers: { expect: '100-continue' } })),
  'http/own': url => ended(http.request(url, { headers: { TraceParent: OWN } })),
  'http/own-after': url => { const request = http.request(url); request.setHeader('Traceparent', OWN); return ended(request) },
  'http/own-raw': (url, { host }) => ended(http.request(url, { headers: ['Host', host, 'Traceparent', OWN] })),
  'http/own-pairs': (url, { host }) => ended(http.request(url, { headers: [['Host', host], ['TRACEPARENT', OWN]] })),
  'https/get': (url, at) => ended(https.get({ ...at, port: secure.address().port, ca: tls.cert, servername: 'localhost' })),
  'h2/get': url => h2(url, {}),
  'h2/array': url => h2(url, { headers: ['x-own', '1'] }),
  'h2/post': url => h2(url, { method: 'POST', body: 'body' }),
  'h2/own': url => h2(url, { headers: { TraceParent: OWN } }),
  'h2/own-array': url => h2(url, { headers: ['traceparent', OWN] })
}
async function h2 (url, options) {
  const dispatcher = new Agent({ allowH2: true, connect: { ca: tls.cert, servername: 'localhost' } })
  await read(undici.request(`https://127.0.0.1:${second.address().port}${new URL(url).pathname}`, { dispatcher, ...options }))
  await dispatcher.close()
}

async function main () {
  for (const one of [server, secure, second]) await once(one.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`
  const wanted = process.argv.slice(2)
  for (const [path, way] of Object.entries(ways)) {
    if (wanted.length > 0 && !wanted.some(word => path.startsWith(word))) continue
    const url = new URL(`/${path}`, origin)
    await way(url.href, { origin, host: url.host, hostname: '127.0.0.1', port: url.port, path: url.pathname, pathname: url.pathname }).catch(error => { console.error(path, error) })
  }
  console.log(JSON.stringify(seen))
  for (const one of [server, secure]) { one.close(); one.closeAllConnections() }
  second.close()
  setTimeout(() => process.exit(), 10_000).unref()
}
main()
