import Redis from 'ioredis'

const redis = new Redis(process.env.REDIS_PORT, process.env.REDIS_HOST, { keyPrefix: 'esm:' })
await redis.set('name', 'Ann')
await redis.select(3)
await redis.set('name', 'Ann')
await redis.pipeline().get('name').strlen('name').exec()
redis.lpush('name', 'Bob')   // Forgotten: it ends the process.
