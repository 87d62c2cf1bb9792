// Sentry's SDK that only reports errors and writes all the headers it can (`propagateTraceparent`), as @sentry/node has it: by Node's channel, or by patching http.
import { propagation, context } from '@opentelemetry/api'
import { createStackParser, createTransport, getAsyncContextStrategy, getMainCarrier, initAndBind, setAsyncContextStrategy } from '@sentry/core'
import { patchHttpModuleClient, ServerRuntimeClient } from '@sentry/core/server'
import { once } from './ask.js'
import http from 'node:http'

class NodeClient extends ServerRuntimeClient {
  init () {
    setAsyncContextStrategy({ ...getAsyncContextStrategy(getMainCarrier()) })
    super.init()
    patchHttpModuleClient(http, { http, tracePropagation: true })
  }
}
initAndBind(NodeClient, {
  dsn: 'http://key@127.0.0.1:9/1', integrations: [], stackParser: createStackParser(), transport: options => createTransport(options, async () => ({})), propagateTraceparent: true
})

const told = name => (header, i, headers) => i % 2 === 1 && headers[i - 1].toLowerCase() === name
const server = http.createServer(async ({ url, rawHeaders }, res) => {
  const { port } = server.address()
  if (url === '/') {
    await once(port, 'GET /bare')
    const baggage = propagation.createBaggage({ user: { value: 'ann' }, 'sentry-release': { value: 'older' } })
    await context.with(propagation.setBaggage(context.active(), baggage), () => once(port, 'GET /baggage'))
    await new Promise(done => http.get({ host: '127.0.0.1', port, path: '/own', agent: false, headers: { baggage: 'mine=1' } }, answer => answer.resume().on('end', done)))
    server.close()
  } else {
    const traces = rawHeaders.filter(told('traceparent'))
    const baggage = rawHeaders.filter(told('baggage'))
    const items = baggage.flatMap(header => header.split(',').map(item => item.split('=')[0])).sort()
    console.log(url, traces.length, rawHeaders.filter(told('sentry-trace')).length, baggage.length, [...new Set(items)].length === items.length, items.includes('sentry-trace_id'), items.filter(key => !key.startsWith('sentry-')).join())
  }
  res.end()
}).listen(0, '127.0.0.1', () => once(server.address().port, 'GET /'))
