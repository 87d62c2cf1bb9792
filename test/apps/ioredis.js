const Redis = process.argv[2] === 'ioredis4' ? require('ioredis4') : require('ioredis')

const redis = new Redis({ host: process.env.REDIS_HOST, port: process.env.REDIS_PORT, db: process.env.REDIS_DB ?? (process.argv[2] === 'ioredis4' ? 4 : 1) })
redis.defineCommand('both', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1]}' })

async function main () {
  await redis.set('name', 'Ann')
  await redis.get('name')
  await redis.lpush('name', 'Bob').catch(() => {})
  await redis.mset({ one: 1, two: 2 })
  await redis.lpush('list', 'item')
  await redis.blpop('list', 5)
  await redis.pipeline().set('one', 1).get('one').exec()
  await redis.pipeline().get('one').get('two').exec()
  await redis.pipeline().get('one').lpush('name', 'Bob').exec()
  await redis.pipeline([['get', 'one']]).exec()
  await redis.multi().incr('one').incr('two').exec()
  await redis.multi().incr('name').get('one').exec()
  await redis.multi().get().set('one', 1).exec().catch(() => {})
  await redis.multi({ pipeline: false })
  await redis.get('one')
  await redis.exec()
  await redis.both('one', 'secret')
  await redis.both('one', 'secret')
  await redis.eval('return ARGV[1]', 1, 'one', 'secret')
  redis.get('one', (error, value) => {
    if (error || value !== '2') throw error ?? new Error(value)
    redis.pipeline().get('one').get('two').exec(() => {
      redis.incr('name', error => {
        if (error === null) throw new Error('no error')
        redis.quit()
      })
    })
  })
}
main()
