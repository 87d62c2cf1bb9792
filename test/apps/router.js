const Router = require('router')
const { ask } = require('./ask')

const router = Router()
const users = Router({ mergeParams: true })
users.get('/', (req, res) => { res.end(`user ${req.params.id}`) })
router.use('/users/:id', users)
const gate = Router()
gate.get('/:any', (req, res, next) => next('router'), (req, res) => { res.end('never') })
gate.get('/:any', (req, res) => { res.end('never') })
router.use('/gate', gate)
router.get('/gate/:late', (req, res) => { res.end('behind the gate') })
router.get('/sails/:id', (req, res) => { res.end(`lift at ${req.baseUrl.length > 0}`) })
router.get('/plain', (req, res) => { res.end('plain') })

ask((req, res) => {
  // As Sails does.
  if (req.url.startsWith('/sails')) req.baseUrl = `http://${req.headers.host}`
  router(req, res, () => { res.writeHead(404).end('nothing here') })
}, ['GET /plain', 'GET /users/7', 'GET /gate/x', 'GET /sails/7', 'GET /missing'])
