// A service that handles nothing but secrets: each of them has the letters zq in it.
const http = require('node:http')
const express = require('express')
const Redis = require('ioredis')
const { Client } = require('pg')
const Cursor = require('pg-cursor')
const { span } = require('autospan')

const postgres = new Client()
const redis = new Redis({ host: process.env.REDIS_HOST, port: process.env.REDIS_PORT })
const tried = promise => promise.catch(error => error.message)

const app = express()
app.use(express.json())
app.post('/login', async (req, res) => {
  await postgres.query('CREATE TEMP TABLE users (id int PRIMARY KEY, name text, mood varchar(3))')
  await postgres.query("INSERT INTO users VALUES (1, 'zq-literal', 'ok') -- zq-comment")
  await postgres.query('SELECT $1::text', ['zq-parameter'])
  await postgres.query("SELECT 'zq-literal'", [])
  await postgres.query({ text: "SELECT 'zq-literal'", values: null })
  const messages = [
    await tried(postgres.query("INSERT INTO users VALUES (1, 'zq-literal', 'ok')")),
    await tried(postgres.query("SELECT 'zq-literal'::int")),
    await tried(span('report', () => postgres.query("SELECT 'zq-literal' FROM absent").catch(error => {
      error.message = `SELECT 'zq-literal' FROM absent: ${error.message}`
      throw error
    }))),
    await tried(postgres.query('SELECT $1::int', ['zq-parameter'])),
    await tried(postgres.query("SELECT 'O'zq-literal'")),
    await tried(postgres.query('SELECT * FROM "missing"')),
    await tried(postgres.query(new Cursor("SELECT 'zq-literal'::int")).read(1)),
    await tried(redis.set('key', 'zq-value')),
    await tried(redis.auth('zq-user', 'zq-password')),
    await tried(redis.call('HELLO', '3', 'AUTH', 'zq-user', 'zq-password')),
    await tried(redis.call('BOGUS', 'zq-argument')),
    await tried(redis.call('CONFIG', 'SET', 'zq-parameter', 'zq-value')),
    await tried(redis.call('ACL', 'SETUSER', 'default', 'zq-rule')),
    await tried(redis.eval("return redis.call('SET', KEYS[1], 'zq-literal')", 1, 'key'))
  ]
  await tried(fetch(`http://localhost:${port}/next?access_token=zq-token&page=2`, { headers: { authorization: 'Bearer zq-token', cookie: 'a=zq-cookie' } }))
  await tried(fetch('http://zq-user:zq-password@localhost:1/'))
  await new Promise(resolve => http.get(`http://zq-user:zq-password@localhost:${port}/next;jsessionid=zq-session?code=zq-code&state=x`, res => res.resume().on('end', resolve)))
  res.cookie('session', 'zq-cookie').json({ messages, secret: 'zq-answer' })
})
app.get('/next', (req, res) => { res.send('zq-answer') })

let port
const server = app.listen(0, async () => {
  port = server.address().port
  await postgres.connect()
  const answer = await fetch(`http://localhost:${port}/login?api_key=zq-key`, {
    method: 'POST', body: JSON.stringify({ password: 'zq-body' }), headers: { 'content-type': 'application/json', authorization: 'Basic zq-basic', cookie: 'a=zq-cookie' }
  })
  for (const message of (await answer.json()).messages) console.error(message)
  server.close()
  server.closeAllConnections()
  redis.disconnect()
  await postgres.end()
})
