const { promisify } = require('node:util')
const redis = require('redis3')

const client = redis.createClient(process.env.REDIS_PORT, process.env.REDIS_HOST, { db: 5 })
client.on('error', error => { if (error.code !== 'WRONGTYPE') throw error })

async function main () {
  const get = promisify(client.get).bind(client)
  client.set('name', 'Ann')
  client.lpush('name', 'Bob')
  await get('name')
  client.hmset('hash', { field: 'value' })
  client.mset('one', 1, 'two', 2)
  client.lpush('list', 'item')
  client.blpop('list', 5, () => {
    client.multi().incr('one').incr('two').exec(() => {
      client.multi().incr('name').get('one').exec(() => {
        client.batch().set('one', 1).get('one', () => client.exists('within')).exec(() => {
          client.eval('return ARGV[1]', 1, 'one', 'secret', () => {
            client.incr('name', error => {
              if (error === null) throw new Error('no error')
              client.send_command('bogus', ['secret'], () => client.quit())
            })
          })
        })
      })
    })
  })
}
main()
