// What an application can see of its requests and of the module; it is the same with tracing and without.
const http = require('node:http')
const { once } = require('node:events')

const say = (...words) => console.log(words.map(word => typeof word === 'string' ? word : JSON.stringify(word)).join(' '))
const shape = object => [object.eventNames().map(name => `${String(name)}:${object.listenerCount(name)}`), Object.keys(object).sort()]

async function main () {
  for (const [holder, method] of [[http.Server, 'emit'], [http.ServerResponse, 'emit'], [http.IncomingMessage, 'emit'], [http.ClientRequest, 'emit'], [http.ClientRequest, 'destroy'], [http.ClientRequest, '_storeHeader']]) {
    say(holder.name, holder.length, method, holder.prototype[method].name, holder.prototype[method].length)
  }
  const server = http.createServer((req, res) => {
    const { traceparent, ...headers } = req.headers
    say('request', shape(req), shape(res), { ...headers, host: '' })
    say('emit', req.emit('nobody'), res.emit('nobody'), req.emit === http.IncomingMessage.prototype.emit)
    if (req.url === '/throw') throw new Error('thrown in the listener')
    res.on('close', () => say('closed', req.url))
    res.end(String(res.listenerCount('close')))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const at = { host: '127.0.0.1', port: server.address().port, agent: false }
  for (let i = 0; i < 12; i++) {
    const request = http.get({ ...at, path: `/${i}` })
    const [answer] = await once(request, 'response')
    if (i === 0) say('client', shape(request), shape(answer))
    for await (const text of answer.setEncoding('utf8')) say('answer', text)
  }
  // Nobody listens for the answer, so Node reads it away.
  const unheard = http.get({ ...at, path: '/unheard' })
  await once(unheard, 'close')
  say('unheard', unheard.res.complete, unheard.res._dumped)
  const headers = ['host', 'x']
  await once(http.get({ ...at, path: '/array', headers }).on('response', answer => answer.resume()), 'close')
  say('headers', headers)
  const told = http.get({ ...at, path: '/told', headers: { 'X-Own': ['1', '2'], cookie: ['a=1', 'b=2'] } }).on('response', answer => answer.resume())
  await once(told, 'close')
  say('told', { ...told.getHeaders(), host: '' }, told.getRawHeaderNames())
  const subclass = new (class Own extends http.Agent { addRequest (...all) { say('own agent', all[1].path); return super.addRequest(...all) } })()
  await once(http.get({ ...at, path: '/own', agent: subclass }).on('response', answer => answer.resume()), 'close')
  process.on('uncaughtException', error => { say('uncaught', error.message, error.code ?? ''); if (error.code !== undefined) process.exit() })
  const thrown = http.get({ ...at, path: '/throw' })
  await new Promise(resolve => process.once('uncaughtException', resolve))
  thrown.destroy().on('error', () => {})
  // Nobody listens for its error.
  http.get({ host: '127.0.0.1', port: 1 })
}
main()
