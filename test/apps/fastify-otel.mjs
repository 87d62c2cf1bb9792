import { FastifyOtelInstrumentation } from '@fastify/otel'
import Fastify from 'fastify'

const app = Fastify()
await app.register(new FastifyOtelInstrumentation().plugin())
app.addHook('preHandler', async function check () {})
app.get('/users/:id', async function user () { return (await fetch(`${app.listeningOrigin}/deep`)).text() })
app.get('/deep', async function deep () { return 'deep' })
await app.listen({ port: 0, host: '127.0.0.1' })
await (await fetch(`${app.listeningOrigin}/users/7`)).text()
await app.close()
