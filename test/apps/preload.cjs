const { get } = require('node:http')
const express = require('express')

const app = express()
app.get('/hello/:name', (req, res) => { res.send(req.params.name) })
const server = app.listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, host: '127.0.0.1', path: '/hello/you', agent: false }, answer => answer.resume().on('end', () => server.close()))
})
