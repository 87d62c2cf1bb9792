'use strict'
const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')

const SECONDS = 60
const running = new Set()

/** A file of the bench as a process of its own, that talks to this one. */
exports.start = function start (file, { args = [], ...options } = {}) {
  const child = fork(join(__dirname, file), args, { cwd: __dirname, execArgv: [], ...options })
  running.add(child)
  child.on('exit', () => running.delete(child))
  return child
}

/** The next message of a child; an error if it ends instead, or says nothing for a minute. */
const heard = exports.heard = child => new Promise((resolve, reject) => {
  const settle = () => { clearTimeout(late); child.off('exit', ended).off('message', told) }
  const ended = code => { settle(); reject(new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`)) }
  const told = message => { settle(); resolve(message) }
  const late = setTimeout(() => { settle(); reject(new Error(`${child.spawnargs.slice(1).join(' ')} does not answer`)) }, SECONDS * 1000)
  child.on('exit', ended).on('message', told)
})

/** A child's answer to a question. */
exports.ask = (child, question) => { child.send(question); return heard(child) }

/** The ends of some children, or of all. */
exports.stop = (children = [...running]) => Promise.all(children.filter(child => child.connected).map(child => {
  const end = once(child, 'exit')
  child.disconnect()
  return end
}))
