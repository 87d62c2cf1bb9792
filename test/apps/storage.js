'use strict'
// What any use of AsyncLocalStorage costs the rest of a program.
const { AsyncLocalStorage } = require('node:async_hooks')

new AsyncLocalStorage().enterWith({})
