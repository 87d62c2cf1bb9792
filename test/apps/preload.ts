import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'

const app = express()
app.get('/hello/:name', (req, res) => { res.send(req.params.name) })
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  get({ port, host: '127.0.0.1', path: '/hello/you', agent: false }, answer => answer.resume().on('end', () => server.close()))
})
