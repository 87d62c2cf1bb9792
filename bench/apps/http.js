'use strict'
const { createServer } = require('node:http')
const { serve } = require('./meter')

serve(createServer((req, res) => res.setHeader('content-type', 'application/json').end(`{"id":"${req.url.slice(7)}"}`)))
