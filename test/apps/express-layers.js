const express = require('express')
const { ask } = require('./ask')

const app = express()
const users = express.Router()
app.use(function quick (req, res, next) { next() })
app.use(async function slow (req, res, next) {
  if (req.query.slow) await new Promise(resolve => setTimeout(resolve, 80))
  next()
})
users.use(function guard (req, res, next) { next(req.params.id === 'bad' ? new Error('bad') : undefined) })
users.get('/:id', (req, res, next) => next('route'))
users.get('/:id', (req, res) => { setImmediate(() => res.send('user')) })
users.get('/:id/fails', () => { throw new TypeError('thrown') })
app.use('/users', users)
app.use(function answer (req, res, next) { res.status(404).send('nothing here') })
app.use(function failure (err, req, res, next) { res.status(500).send(err.message) })

ask(app, ['GET /users/1?slow=1', 'GET /users/1/fails', 'GET /missing'])
