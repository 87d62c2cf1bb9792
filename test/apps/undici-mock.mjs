import { createServer } from 'node:http'
import { once } from 'node:events'
import { MockAgent, fetch, request, setGlobalDispatcher } from 'undici'

const server = createServer((req, res) => res.end('real')).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}`

const agent = new MockAgent()
setGlobalDispatcher(agent)
agent.get('http://mocked.example').intercept({ path: '/' }).reply(200, 'mocked').times(2)
agent.enableNetConnect(/^127\.0\.0\.1:/)

const texts = [
  await (await request('http://mocked.example/')).body.text(),
  await (await fetch('http://mocked.example/')).text(),
  await (await request(url)).body.text(),
  await request('http://refused.example/').catch(error => error.name)
]
console.log(texts.join())
server.close()
await agent.close()
