import express, { Router } from 'express'
import { crowd, work } from './crowd.mjs'

const app = express()
const router = Router({ mergeParams: true })
router.get('/', async (req, res) => { res.send(await work(server.address().port, Number(req.params.id))) })
app.use((req, res, next) => { setImmediate(next) })
app.use('/users/:id', router)
app.use('/posts/:id', router)
app.get('/inner/:id', (req, res) => { res.send(req.params.id) })
const server = app.listen(0, '127.0.0.1', () => crowd(server))
