'use strict'
// The client: so many requests at so many at a time, over connections that stay open; every answer must be a 200.
const { Agent, get } = require('node:http')

const CONCURRENCY = 16
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })

const request = url => new Promise((resolve, reject) => {
  get(url, { agent, timeout: 10_000 }, res => {
    if (res.statusCode !== 200) reject(new Error(`${url}: ${res.statusCode}`))
    res.resume().on('end', resolve)
  }).on('timeout', function () { this.destroy(new Error(`${url}: no answer`)) }).on('error', reject)
})

process.on('message', async ({ url, count, seconds }) => {
  const until = Date.now() + seconds * 1000
  let done = 0
  const client = async () => { while (done < count && Date.now() < until) await request(`${url}/${++done % 100}`) }
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, client))
    process.send({ done })
  } catch (error) { process.send({ error: error.message }) }
})
process.on('disconnect', () => process.exit())
