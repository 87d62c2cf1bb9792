'use strict'
const fastify = require('fastify')
const { serve } = require('./meter')

const app = fastify()
app.get('/plain/:id', async req => ({ id: req.params.id }))
app.ready().then(() => serve(app.server))
