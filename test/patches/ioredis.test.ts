import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { drawn, run, traces } from '../helper'
import { redisCluster, type Service } from '../services'
import { requests } from '../requests'

let cluster: Service
before(async () => { cluster = await redisCluster() })
after(() => cluster.stop())

for (const library of ['ioredis', 'ioredis4']) {
  const args = [library]
  traces(`${library}: promises, pipelines, transactions, scripts, callbacks, errors`, 'ioredis.js', `
set  client  db.query.text=set name ?
get  client  db.query.text=get name
lpush  client  ERROR WRONGTYPE  db.query.text=lpush name ?  db.response.status_code=WRONGTYPE
mset  client  db.query.text=mset one ? two ?
lpush  client  db.query.text=lpush list ?
blpop  client  db.query.text=blpop list ?
PIPELINE  client  db.operation.batch.size=2  db.query.text=set one ?; get one
PIPELINE get  client  db.operation.batch.size=2  db.query.text=get one; get two
PIPELINE  client  ERROR WRONGTYPE  db.operation.batch.size=2  db.query.text=get one; lpush name ?  db.response.status_code=WRONGTYPE
get  client  db.query.text=get one
MULTI incr  client  db.operation.batch.size=2  db.query.text=incr one; incr two
MULTI  client  ERROR ERR  db.operation.batch.size=2  db.query.text=incr name; get one  db.response.status_code=ERR
MULTI  client  ERROR ERR  db.operation.batch.size=2  db.query.text=get; set one ?  db.response.status_code=ERR
multi  client  db.query.text=multi
get  client  db.query.text=get one
exec  client  db.query.text=exec
evalsha  client  db.query.text=evalsha d006f1a90249474274c76f5be725b8f5804a346b 1 one ?  db.stored_procedure.name=d006f1a90249474274c76f5be725b8f5804a346b
evalsha  client  db.query.text=evalsha d006f1a90249474274c76f5be725b8f5804a346b 1 one ?  db.stored_procedure.name=d006f1a90249474274c76f5be725b8f5804a346b
eval  client  db.query.text=eval ? 1 one ?
get  client  db.query.text=get one
PIPELINE get  client  db.operation.batch.size=2  db.query.text=get one; get two
incr  client  ERROR ERR  db.query.text=incr name  db.response.status_code=ERR
quit  client  db.query.text=quit`,
  { needs: ['redis'], args, show: ['db.operation.batch.size', 'db.query.text', 'db.stored_procedure.name', 'db.response.status_code'] })

  requests(`${library}: each of 50 requests has its own commands`, 'ioredis-requests.js', args, id => `
GET  client
  GET  server
    get  client  db.query.text=get single:${id}
    get  client  db.query.text=get automatic:${id}
    PIPELINE get  client  db.query.text=get pipeline:${id}; get pipeline:${id}
    get  client  db.query.text=get callback:${id}`)

  traces(`${library}: messages are nobody's, a command that waits for its connection is one span`, 'ioredis-messages.js', `
GET  client
  GET  server
    subscribe  client  db.query.text=subscribe news:${library}
publish  client  db.query.text=publish news:${library} ?
incr  client  db.query.text=incr heard
get  client  db.query.text=get queued
get  client  db.query.text=get queued
exists  client  db.query.text=exists ready`, { needs: ['redis'], args, show: ['db.query.text'] })

  test(`${library}: a cluster`, async () => {
    const { code, stderr, spans } = await run('ioredis-cluster.js', { args, env: cluster.env })
    assert.equal(drawn(spans, ['db.query.text', 'server.address', 'network.peer.address']), `
set  client  db.query.text=set a ?  server.address=127.0.0.1  network.peer.address=127.0.0.1
set  client  db.query.text=set b ?  server.address=127.0.0.1  network.peer.address=127.0.0.1
lpush  client  ERROR WRONGTYPE  db.query.text=lpush a ?  server.address=127.0.0.1  network.peer.address=127.0.0.1
PIPELINE get  client  db.query.text=get {b}1; get {b}2
MULTI  client  db.query.text=incr a; get a
subscribe  client  db.query.text=subscribe news  server.address=127.0.0.1  network.peer.address=127.0.0.1
publish  client  db.query.text=publish news ?  server.address=127.0.0.1  network.peer.address=127.0.0.1
get  client  db.query.text=get heard  server.address=127.0.0.1  network.peer.address=127.0.0.1`.slice(1), stderr)
    assert.equal(new Set(spans.slice(0, 2).map(span => span.attributes['server.port'])).size, 2, 'two nodes')
    assert.equal(code, 0, stderr)
  })
}

test('ioredis: in an ES module; a rejection that nobody caught ends the process as it does without us', async () => {
  const { code, spans } = await run('ioredis.mjs', { needs: ['redis'] })
  assert.equal(drawn(spans, ['db.namespace', 'db.query.text', 'server.address']), `
set  client  db.namespace=0  db.query.text=set esm:name ?  server.address=127.0.0.1
select  client  db.namespace=0  db.query.text=select ?  server.address=127.0.0.1
set  client  db.namespace=3  db.query.text=set esm:name ?  server.address=127.0.0.1
PIPELINE  client  db.namespace=3  db.query.text=get esm:name; strlen esm:name  server.address=127.0.0.1
lpush  client  ERROR WRONGTYPE  db.namespace=3  db.query.text=lpush esm:name ?  server.address=127.0.0.1`.slice(1))
  assert.equal(code, 1)
})

test('ioredis: calls without a command fail as ever, and do not switch tracing off', async () => {
  const { code, stdout, stderr, spans } = await run('', {
    needs: ['redis'],
    args: ['-e', `
      const redis = new (require('ioredis'))({ host: process.env.REDIS_HOST, port: process.env.REDIS_PORT })
      Promise.allSettled(Array.from({ length: 6 }, async () => redis.call())).then(async all => {
        console.log(all.map(({ status }) => status).join(), await redis.exists('no such key'))
        redis.disconnect()
      })`]
  })
  assert.deepEqual([code, stderr, stdout], [0, '', `${Array(6).fill('rejected').join()} 0\n`])
  assert.equal(drawn(spans), `${'undefined  client  ERROR TypeError\n'.repeat(6)}exists  client`)
})

traces('ioredis: a command that no sentinel has found a server for is at none', '', 'get  client  ERROR Error  db.query.text=get key', {
  show: ['db.query.text', 'server.address'],
  args: ['-e', `
    const redis = new (require('ioredis'))({ sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'shop', sentinelRetryStrategy: () => null }).on('error', () => {})
    redis.get('key').catch(() => {})`]
})
