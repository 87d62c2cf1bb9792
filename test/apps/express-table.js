const { ask } = require('./ask')

/** One application for express 4 and 5, whose paths are written differently. */
module.exports = function main (express, is4) {
  const app = express()
  const say = text => (req, res) => { res.send(`${text} ${req.method} ${req.baseUrl} ${req.url} ${JSON.stringify(req.params)}`) }
  const pass = (req, res, next) => next()

  app.use(pass, function first (req, res, next) { setImmediate(next) })
  app.get('/', say('root'))
  app.get('/users/:id', say('user'))
  app.post('/users', say('create'))
  app.get('/files/:dir/:name.:ext', say('file'))
  app.get(is4 ? '/old/:year(\\d{4})' : /^\/old\/(\d{4})$/, say('old'))
  app.get(/^\/commits\/(\w+)\.\.(\w+)$/, say('commits'))
  app.get(['/cats', '/cats/:id'], say('cats'))
  app.get(['/exact', /^\/either\/(a|b)$/], say('exact or either'))
  app.all('/anything', say('all'))
  app.route('/book').get(say('book')).put(say('put book'))
  app.get('/chain', pass, [pass, pass], say('chain'))
  app.get(is4 ? '/wild/*' : '/wild/*rest', say('wild'))
  app.get(is4 ? '/maybe/:x?' : '/maybe{/:x}', say('maybe'))

  // Routers: mounted at texts, at templates, in each other, at several places, at several paths
  const api = express.Router()
  api.get('/', say('api'))
  api.get('/things', say('things'))
  api.get('/things/:id', say('thing'))
  app.use('/api', api)
  app.use('/v2/API/', api)

  const posts = express.Router({ mergeParams: true })
  posts.get('/', say('posts'))
  posts.get('/:post', say('post'))
  const shop = express.Router()
  shop.use('/', pass)
  shop.use('/:dept/posts', posts)
  shop.use('/all', express.Router().use('/of', express.Router().get('/:what', say('what'))))
  app.use('/shops/:shop', shop)
  app.use('/authors/me', express.Router().get('/later', say('me')))
  app.use('/authors/:author', express.Router().get('/none', say('never')))
  app.use('/authors/:author/posts', posts)
  app.use('/authors/me', express.Router().get('/plain', say('plain me')))
  app.use(['/a', '/b/:b'], posts)
  app.use(/^\/r\d+/, posts)

  // A whole application within
  const sub = express()
  sub.get('/hello/:name', say('sub'))
  const subsub = express()
  subsub.get('/deep', say('deep'))
  sub.use('/:level', subsub)
  app.use('/sub', sub)

  // Ways out
  app.get('/next/:a', (req, res, next) => next())
  app.get('/next/:b', (req, res, next) => next('route'), say('never'))
  app.get('/next/:c', say('third'))
  app.param('checked', (req, res, next, value) => setImmediate(next, value === 'bad' ? new Error('no good') : undefined))
  app.get('/param/:checked', say('checked'))
  app.get('/throws/:id', () => { throw new Error('thrown') })
  app.get('/rejects/:id', is4 ? (req, res, next) => { Promise.reject(new Error('rejected')).catch(next) } : async () => { throw new Error('rejected') })
  app.get('/streams/:id', (req, res) => { res.write('one '); setImmediate(() => res.end('two')) })
  const strict = express.Router({ strict: true, caseSensitive: true })
  strict.get('/Case/', say('strict'))
  app.use('/strict', strict)
  app.get('/forever/:id', pass)

  app.use((err, req, res, next) => { res.status(err.message === 'thrown' ? 500 : 400).send(err.message) })
  app.use((req, res) => { res.status(404).send('nothing here') })

  ask(app, [
    'GET /', 'GET /?q=1', 'HEAD /users/7', 'GET /users/7', 'POST /users', 'GET /files/a/b.c', 'GET /old/1999', 'GET /commits/a..b',
    'GET /cats', 'GET /cats/3', 'GET /exact', 'GET /either/b', 'PATCH /anything', 'PUT /book', 'GET /chain', 'GET /wild/x/y', 'GET /maybe', 'GET /maybe/1',
    'GET /api', 'GET /api/things/1?x=/y', 'GET /API/things', 'GET /v2/api/things/5', 'GET /shops/9/garden/posts', 'GET /shops/9/garden/posts/2',
    'GET /shops/9/all/of/it', 'GET /authors/me/posts/1', 'GET /authors/me/plain', 'GET /a/1', 'GET /b/2/3', 'GET /r22/1',
    'GET /sub/hello/you', 'GET /sub/down/deep', 'GET /next/1', 'GET /param/good', 'GET /param/bad',
    'GET /throws/1', 'GET /rejects/1', 'GET /streams/1', 'GET /strict/Case/', 'GET /strict/case/', 'GET /forever/1',
    'OPTIONS /book', 'DELETE /book', 'GET /missing', 'GET /users/%E0%A4%A'
  ])
}
