'use strict'
// The client, in a process of its own. It speaks as little HTTP as it can, for the machine has little room: one GET after another on connections that stay open.
const { connect } = require('node:net')

/** The latencies of what was asked, in ms, are told as quantiles. Every answer must be a 200 with a content-length. */
class Connection {
  constructor ({ hostname, port, pathname }) {
    this.rest = ''
    this.path = pathname
    this.head = `HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`
    this.socket = connect(port, hostname).setNoDelay().setEncoding('latin1').setTimeout(10_000)
      .on('data', text => this.heard(text)).on('timeout', () => this.socket.destroy(new Error('no answer')))
      .on('error', error => this.failed?.(error)).on('close', () => this.failed?.(new Error('the connection was closed')))
  }

  get (id) {
    return new Promise((resolve, reject) => {
      this.answered = resolve
      this.failed = reject
      this.socket.write(`GET ${this.path}/${id} ${this.head}`)
    })
  }

  heard (text) {
    this.rest += text
    const end = this.rest.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = /^content-length: *(\d+)/im.exec(this.rest)
    if (!this.rest.startsWith('HTTP/1.1 200') || length === null) return this.failed(new Error(this.rest))
    if (this.rest.length < end + 4 + Number(length[1])) return
    this.rest = ''
    this.answered()
  }

  close () {
    this.failed = undefined
    this.socket.destroy()
  }
}

/** Keep this process awake, until what is returned is called: whoever writes to one that sleeps pays for its waking, which says nothing of the one who writes. */
function awake () {
  let turn = setImmediate(function again () { turn = setImmediate(again) })
  return () => clearImmediate(turn)
}

/** So many requests to each of some servers, so many at a time: a burst to one, a burst to the next, and again from another one on. */
async function flood ({ urls, count, burst, concurrency }) {
  const servers = urls.map(url => Array.from({ length: concurrency }, () => new Connection(new URL(url))))
  const sleep = awake()
  for (let done = 0, turn = 0; done < count; done += burst, turn++) {
    for (let i = 0; i < servers.length; i++) {
      let left = Math.min(burst, count - done)
      await Promise.all(servers[(turn + i) % servers.length].map(async connection => { while (left > 0) await connection.get(left-- % 100) }))
    }
  }
  sleep()
  for (const connection of servers.flat()) connection.close()
  return {}
}

/** So many requests a second, whether or not the ones before are answered. */
async function steady ({ url, rate, seconds }) {
  const target = new URL(url)
  const idle = []
  const all = []
  const latencies = []
  let failure
  const one = async id => {
    let connection = idle.pop()
    if (connection === undefined) all.push(connection = new Connection(target))
    const sent = performance.now()
    await connection.get(id)
    latencies.push(performance.now() - sent)
    idle.push(connection)
  }
  const begun = performance.now()
  const count = rate * seconds
  await new Promise(resolve => {
    let sent = 0
    const ticking = setInterval(() => {
      for (const due = Math.min(count, (performance.now() - begun) * rate / 1000); sent < due;) one(++sent % 100).catch(error => { failure = error })
      if (failure === undefined && latencies.length < count) return
      clearInterval(ticking)
      resolve()
    }, 1)
  })
  for (const connection of all) connection.close()
  if (failure !== undefined) throw failure
  latencies.sort((a, b) => a - b)
  return { p50: latencies[Math.floor(count * 0.5)], p99: latencies[Math.floor(count * 0.99)] }
}

process.on('message', async order => {
  try { process.send(await (order.rate === undefined ? flood : steady)(order)) } catch (error) { process.send({ error: `${order.url ?? order.urls}: ${error.message}` }) }
})
process.on('disconnect', () => process.exit())
