const Router = require('router')
const { ask } = require('./ask')

const router = Router()
const users = Router({ mergeParams: true })
users.get('/', (req, res) => { res.end(`user ${req.params.id}`) })
router.use('/users/:id', users)
router.get('/plain', (req, res) => { res.end('plain') })

ask((req, res) => router(req, res, () => { res.writeHead(404).end('nothing here') }), ['GET /plain', 'GET /users/7', 'GET /missing'])
