import { traces } from '../helper'

traces('http: server and client, callback, error', 'http.js', `
GET  client
  GET  server
    GET  client  ERROR 503
      GET  server  ERROR 503
GET  client  ERROR ECONNREFUSED`)
