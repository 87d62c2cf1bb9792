import { createServer, get, request } from 'node:http'
import * as https from 'https'
import http from 'http'
import { once } from 'node:events'

const server = createServer((req, res) => req.resume().on('end', () => res.end(`${req.url} ${typeof https.get}`)))
await once(server.listen(0, '127.0.0.1'), 'listening')
const at = { host: '127.0.0.1', port: server.address().port, agent: false }
const read = async sent => { const [answer] = await once(sent, 'response'); for await (const chunk of answer) chunk.toString() }
await read(get({ ...at, path: '/get' }))
await read(request({ ...at, path: '/request', method: 'POST' }).end('body'))
await read(http.get({ ...at, path: '/default' }))
server.close()
