import fastify from 'fastify'
import { crowd, work } from './crowd.mjs'

const app = fastify()
const busy = request => work(app.server.address().port, Number(request.params.id))
app.get('/users/:id', busy)
app.get('/posts/:id', busy)
app.get('/inner/:id', async request => request.params.id)
await app.ready()
app.server.listen(0, '127.0.0.1', () => crowd(app.server))
