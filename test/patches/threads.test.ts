import { traces } from '../helper'

const show = ['url.path']

traces('threads: a worker goes on with the request that made it, and messages go along with theirs', 'threads.js', `
GET  client
  GET  server  url.path=/work
    GET  client
      GET  server  url.path=/start
    GET  client
      GET  server  url.path=/got/first
    GET  client
      GET  server  url.path=/got/back
    GET  client
      GET  server  url.path=/got/second`, { show })
