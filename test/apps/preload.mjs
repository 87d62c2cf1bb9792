import { get } from 'node:http'
import express, { Router } from 'express'

const router = Router()
router.get('/:name', (req, res) => { res.send(req.params.name) })
const server = express().use('/hello', router).listen(0, '127.0.0.1', () => {
  get({ port: server.address().port, host: '127.0.0.1', path: '/hello/you', agent: false }, answer => answer.resume().on('end', () => server.close()))
})
