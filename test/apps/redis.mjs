import { createClient } from 'redis'

const client = createClient({ socket: { host: process.env.REDIS_HOST, port: Number(process.env.REDIS_PORT) } })
await client.connect()
await client.set('name', 'Ann')
client.lPush('name', 'Bob')   // Forgotten: it ends the process.
