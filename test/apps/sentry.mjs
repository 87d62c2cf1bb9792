// Sentry's SDK as @sentry/node makes it of its core: a client that sets a strategy as it starts. What it instruments is left out.
// Arguments: `require` or `import`, the way the SDK is loaded; then the options it starts with, as JSON.
import http from 'node:http'
import { createRequire } from 'node:module'

const [how, options] = process.argv.slice(2)
const load = name => how === 'require' ? createRequire(import.meta.url)(name) : import(name)
const { createStackParser, createTransport, getAsyncContextStrategy, getClient, getMainCarrier, initAndBind, setAsyncContextStrategy } = await load('@sentry/core')
const { ServerRuntimeClient } = await load('@sentry/core/server')

class NodeClient extends ServerRuntimeClient {
  init () {
    setAsyncContextStrategy({ ...getAsyncContextStrategy(getMainCarrier()) })
    super.init()
  }
}

const server = http.createServer((req, res) => res.end(String('traceparent' in req.headers)))
await new Promise(listening => server.listen(0, '127.0.0.1', listening))
const ask = async () => console.log(await (await fetch(`http://127.0.0.1:${server.address().port}`)).text())

await ask()
initAndBind(NodeClient, {
  dsn: 'http://key@127.0.0.1:9/1', integrations: [], stackParser: createStackParser(),
  transport: options => createTransport(options, async () => ({})), ...JSON.parse(options)
})
await ask()
console.log(getClient() instanceof NodeClient)
server.closeAllConnections()
server.close()
