'use strict'
// What a measured process tells of itself: when it has started, and whenever it is asked. Nothing here knows of a tracer.
const { readFileSync, writeSync } = require('node:fs')

/** CPU of the whole process, and of its main thread where Linux tells it, in µs. */
function cpu () {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, main: mainThread() }
}
function mainThread () {
  try { return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ', 1)[0]) / 1000 } catch { return null }
}

const rss = () => ({ rss: process.memoryUsage.rss() })
/** What garbage collection leaves. */
function heap () {
  for (let i = 0; i < 3; i++) gc()
  return { heap: process.memoryUsage().heapUsed }
}

/** What it took to come this far, in milliseconds. */
function started (more) {
  const { user, system } = process.cpuUsage()
  writeSync(1, `${JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now(), modules: Object.keys(require.cache).length - 1, ...more })}\n`)
}

/** A server that is to be measured: on a port of its own if it has a parent to talk to; else it tells what its start took, and ends. Or it answers requests that are `injected`. */
function serve (server) {
  if (process.argv[2] === 'injected') return require('./injected')(server, Number(process.argv[3]))
  server.listen({ port: 0, host: '127.0.0.1' }, () => {
    if (process.send === undefined) { started(); process.exit() }
    process.send({ port: server.address().port })
  })
}
const ANSWERS = { cpu, rss, heap }
if (process.send !== undefined) {
  process.on('message', question => process.send(ANSWERS[question]()))
  process.on('disconnect', () => process.exit())
}

module.exports = { serve, started }
