'use strict'
const { Duplex } = require('node:stream')

const CONNECTIONS = 8
const REQUEST = 'GET /plain/42 HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** A connection whose client is in the process itself, so that neither the kernel nor another process has a part in it. */
class Connection extends Duplex {
  constructor () {
    super()
    Object.assign(this, { remoteAddress: '127.0.0.1', remotePort: 40_000, localAddress: '127.0.0.1', localPort: 80 })
    this.answered = undefined
  }

  setTimeout () { return this }
  setNoDelay () { return this }
  setKeepAlive () { return this }
  _read () {}

  _write (chunk, encoding, done) { this._writev([chunk], done) }
  _writev (_, done) {
    done()
    const { answered } = this
    this.answered = undefined
    // The rest of an answer may come by itself.
    if (answered !== undefined) setImmediate(answered)
  }

  /** One answer, which must come in one turn. */
  get () {
    return new Promise(resolve => {
      this.answered = resolve
      this.push(REQUEST)
    })
  }
}

/** So many requests to a server that listens nowhere, some at a time; then the process ends, without a word to whoever wants to know of it. */
module.exports = async function inject (server, requests) {
  let left = requests
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const connection = new Connection()
    server.emit('connection', connection)
    while (left-- > 0) await connection.get()
  }))
  process.reallyExit(0)
}
