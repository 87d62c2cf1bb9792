const { createCluster } = require('redis')

async function main () {
  const cluster = createCluster({ rootNodes: [{ url: `redis://${process.env.REDIS_CLUSTER}` }] })
  await cluster.connect()
  await cluster.set('a', '1')   // the slots of two nodes
  await cluster.set('b', '1')
  await cluster.multi().incr('a').get('a').exec()
  await cluster.lPush('a', 'item').catch(() => {})
  await cluster.disconnect()
}
main()
