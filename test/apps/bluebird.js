// Promises of bluebird that the last of four requests keeps for all of them.
const Bluebird = require('bluebird')
const { gate, serve } = require('./ways')

const deferred = Class => () => { let keep; return { promise: new Class(resolve => { keep = resolve }), keep } }
const kept = name => gate(name, deferred(Bluebird))
const Copy = Bluebird.getNewLibraryCopy()

serve({
  'then': ask => kept('bluebird').then(() => ask()),
  'await': async ask => { await kept('await'); await ask() },
  'then, of a kept promise': ask => Bluebird.resolve(1).then(() => ask()),
  'catch': ask => kept('catch').then(() => { throw new TypeError('thrown') }).catch(TypeError, () => ask()),
  'finally': ask => kept('lastly').finally(() => ask()),
  'map': ask => Bluebird.map([kept('map')], () => ask()),
  'reduce': ask => Bluebird.reduce([kept('reduce')], () => ask(), 0),
  'spread': ask => Bluebird.all([1, kept('spread')]).spread(() => ask()),
  'asCallback': ask => new Promise(resolve => kept('nodeify').asCallback(() => resolve(ask()))),
  'delay': ask => Bluebird.delay(1).then(() => ask()),
  'coroutine': Bluebird.coroutine(function * (ask) { yield kept('coroutine'); yield ask() }),
  'another copy': ask => gate('copy', deferred(Copy)).then(() => ask())
})
