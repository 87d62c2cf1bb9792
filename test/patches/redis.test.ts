import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { drawn, run, traces } from '../helper'
import { requests } from '../requests'
import { redisCluster, redisSentinel, type Service } from '../services'

let cluster: Service
before(async () => { cluster = await redisCluster() })
after(() => cluster.stop())

const show = ['db.namespace', 'db.operation.batch.size', 'db.query.text', 'db.stored_procedure.name', 'db.response.status_code']

traces('redis: promises, pipelines, transactions, scripts, errors', 'redis.js', `
SCRIPT  client  db.namespace=2  db.query.text=SCRIPT LOAD ?
SET  client  db.namespace=2  db.query.text=SET name ?
GET  client  db.namespace=2  db.query.text=GET name
LPUSH  client  ERROR WRONGTYPE  db.namespace=2  db.query.text=LPUSH name ?  db.response.status_code=WRONGTYPE
MSET  client  db.namespace=2  db.query.text=MSET one ? two ?
LPUSH  client  db.namespace=2  db.query.text=LPUSH list ?
BLPOP  client  db.namespace=2  db.query.text=BLPOP list ?
HSET  client  db.namespace=2  db.query.text=HSET hash field ?
PIPELINE  client  db.namespace=2  db.operation.batch.size=2  db.query.text=SET one ?; GET one
PIPELINE GET  client  db.namespace=2  db.operation.batch.size=2  db.query.text=GET one; GET two
MULTI INCR  client  db.namespace=2  db.operation.batch.size=2  db.query.text=INCR one; INCR two
MULTI  client  ERROR ERR  db.namespace=2  db.operation.batch.size=2  db.query.text=INCR name; GET one  db.response.status_code=ERR
EVALSHA  client  db.namespace=2  db.query.text=EVALSHA d006f1a90249474274c76f5be725b8f5804a346b 1 one ?  db.stored_procedure.name=d006f1a90249474274c76f5be725b8f5804a346b
EVAL  client  db.namespace=2  db.query.text=EVAL ? 1 one ?
get  client  db.namespace=2  db.query.text=get one
BOGUS  client  ERROR ERR  db.namespace=2  db.query.text=BOGUS ?  db.response.status_code=ERR
SELECT  client  db.namespace=2  db.query.text=SELECT ?
DBSIZE  client  db.namespace=3  db.query.text=DBSIZE
QUIT  client  db.namespace=3  db.query.text=QUIT
GET  client  ERROR ClientClosedError  db.namespace=3`, { needs: ['redis'], show })

requests('redis: each of 50 requests has its own commands, over one connection and over two', 'redis-requests.js', [], id => `
GET  client
  GET  server
    GET  client  db.query.text=GET single:${id}
    GET  client  db.query.text=GET pool:${id}
    PIPELINE GET  client  db.query.text=GET pipeline:${id}; GET pipeline:${id}
    GET  client  db.query.text=GET callback:${id}`)

traces('redis: messages are nobody\'s, a command that waits for its connection is one span', 'redis-messages.js', `
GET  client
  GET  server
    SUBSCRIBE  client  db.query.text=SUBSCRIBE news
PUBLISH  client  db.query.text=PUBLISH news ?
INCR  client  db.query.text=INCR heard
CLIENT  client  db.query.text=CLIENT ID
CLIENT  client  db.query.text=CLIENT KILL ? ?
GET  client  db.query.text=GET queued
GET  client  db.query.text=GET queued
UNSUBSCRIBE  client  db.query.text=UNSUBSCRIBE news`, { needs: ['redis'], show: ['db.query.text'] })

test('redis: a cluster', async () => {
  const { code, stderr, spans } = await run('redis-cluster.js', { env: cluster.env })
  assert.equal(drawn(spans, ['db.query.text', 'server.address']), `
SET  client  db.query.text=SET a ?  server.address=127.0.0.1
SET  client  db.query.text=SET b ?  server.address=127.0.0.1
MULTI  client  db.query.text=INCR a; GET a  server.address=127.0.0.1
LPUSH  client  ERROR WRONGTYPE  db.query.text=LPUSH a ?  server.address=127.0.0.1`.slice(1), stderr)
  assert.equal(new Set(spans.map(span => span.attributes['server.port'])).size, 2, 'two nodes')
  assert.equal(code, 0, stderr)
})

test('redis: what a sentinel\'s client asks for itself is nobody\'s: when a request connects it, every now and then, when it hears of something, when the master is lost', async t => {
  const { env, stop } = await redisSentinel()
  t.after(stop)
  const { code, stdout, stderr, spans } = await run('redis-sentinel.js', { env })
  assert.equal(code, 0, stderr)
  if (stdout !== '') return t.skip(stdout)
  // A command that finds the connection lost has another one for its second try.
  assert.equal(drawn(spans.filter(({ status }) => status.code !== 2), ['db.query.text']), `
GET  client
  GET  server
    GET  client  db.query.text=GET first
SENTINEL  client  db.query.text=SENTINEL ? ? ? ? ?
SENTINEL  client  db.query.text=SENTINEL ? ? ? ?
GET  client
  GET  server
    CLIENT  client  db.query.text=CLIENT KILL ? ?
    GET  client  db.query.text=GET second`.slice(1), stderr)
})

traces('redis: what a connection sends for itself is nobody\'s, to be kept alive or with new credentials; an application\'s own PING is not', 'redis-own.js', `
PING  client  db.query.text=PING`, { needs: ['redis'], show: ['db.query.text'] })

traces('redis: callbacks, by the legacy mode of release 4 and by the legacy clients of later ones', 'redis-legacy.js', `
SET  client  db.query.text=SET name ?
GET  client  db.query.text=GET name
LPUSH  client  ERROR WRONGTYPE  db.query.text=LPUSH name ?  db.response.status_code=WRONGTYPE
HGETALL  client  db.query.text=HGETALL hash
BOGUS  client  ERROR ERR  db.query.text=BOGUS ?  db.response.status_code=ERR
MULTI GET  client  db.query.text=GET name; GET name
GET  client  db.query.text=GET name`, { needs: ['redis'], show: ['db.query.text', 'db.response.status_code'] })

test('redis: in an ES module; a rejection that nobody caught ends the process as it does without us', async () => {
  const { code, spans } = await run('redis.mjs', { needs: ['redis'] })
  assert.equal(drawn(spans, ['db.namespace', 'db.query.text', 'server.address']), `
SET  client  db.namespace=0  db.query.text=SET name ?  server.address=127.0.0.1
LPUSH  client  ERROR WRONGTYPE  db.namespace=0  db.query.text=LPUSH name ?  server.address=127.0.0.1`.slice(1))
  assert.equal(code, 1)
})

traces('redis3: callbacks, no callbacks, batches, transactions, scripts, errors', 'redis3.js', `
set  client  db.namespace=5  db.query.text=set name ?
lpush  client  ERROR WRONGTYPE  db.namespace=5  db.query.text=lpush name ?  db.response.status_code=WRONGTYPE
get  client  db.namespace=5  db.query.text=get name
hmset  client  db.namespace=5  db.query.text=hmset hash field ?
mset  client  db.namespace=5  db.query.text=mset one ? two ?
lpush  client  db.namespace=5  db.query.text=lpush list ?
blpop  client  db.namespace=5  db.query.text=blpop list ?
MULTI incr  client  db.namespace=5  db.operation.batch.size=2  db.query.text=incr one; incr two
MULTI  client  ERROR ERR  db.namespace=5  db.operation.batch.size=2  db.query.text=incr name; get one  db.response.status_code=ERR
PIPELINE  client  db.namespace=5  db.operation.batch.size=2  db.query.text=set one ?; get one
exists  client  db.namespace=5  db.query.text=exists within
eval  client  db.namespace=5  db.query.text=eval ? 1 one ?
incr  client  ERROR ERR  db.namespace=5  db.query.text=incr name  db.response.status_code=ERR
bogus  client  ERROR ERR  db.namespace=5  db.query.text=bogus ?  db.response.status_code=ERR
quit  client  db.namespace=5  db.query.text=quit`, { needs: ['redis'], show })

requests('redis3: each of 50 requests has its own commands', 'redis3-requests.js', [], id => `
GET  client
  GET  server
    get  client  db.query.text=get single:${id}
    PIPELINE get  client  db.query.text=get pipeline:${id}; get pipeline:${id}
    get  client  db.query.text=get callback:${id}`)

traces('redis3: messages are nobody\'s, a command that waits for its connection is one span', 'redis3-messages.js', `
GET  client
  GET  server
    subscribe  client  db.query.text=subscribe news3
publish  client  db.query.text=publish news3 ?
incr  client  db.query.text=incr heard
set  client  db.query.text=set queued ?
get  client  db.query.text=get queued
get  client  db.query.text=get queued
unsubscribe  client  db.query.text=unsubscribe news3`, { needs: ['redis'], show: ['db.query.text'] })
