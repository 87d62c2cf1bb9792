const { Cluster } = process.argv[2] === 'ioredis4' ? require('ioredis4') : require('ioredis')

const [host, port] = process.env.REDIS_CLUSTER.split(':')
const cluster = new Cluster([{ host, port }])
const other = new Cluster([{ host, port }])

async function main () {
  await Promise.all([cluster.set('a', 1), cluster.set('b', 1)])   // the slots of two nodes
  await cluster.lpush('a', 'item').catch(() => {})
  await cluster.pipeline().get('{b}1').get('{b}2').exec()
  await cluster.multi().incr('a').get('a').exec()
  cluster.on('message', () => other.get('heard', () => { cluster.disconnect(); other.disconnect() }))
  await cluster.subscribe('news')
  await other.publish('news', 'secret')
}
main()
