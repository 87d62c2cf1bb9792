'use strict'
// What any tracer has, and nothing else: each request is answered in a context of its own.
const { AsyncLocalStorage } = require('node:async_hooks')
const { Server } = require('node:http')

const storage = new AsyncLocalStorage()
const { emit } = Server.prototype
Server.prototype.emit = function (event) {
  return event === 'request' ? storage.run({}, Reflect.apply, emit, this, arguments) : Reflect.apply(emit, this, arguments)
}
