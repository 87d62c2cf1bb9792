// Promises of q that the last of four requests keeps for all of them.
const Q = require('q')
const { gate, serve } = require('./ways')

const kept = name => gate(name, () => { const { promise, resolve } = Q.defer(); return { promise, keep: resolve } })

serve({
  'then': ask => kept('q').then(() => ask()),
  'await': async ask => { await kept('await'); await ask() },
  'fail': ask => kept('fail').then(() => { throw new Error('thrown') }).fail(() => ask()),
  'spread': ask => Q.all([1, kept('spread')]).spread(() => ask()),
  'nextTick': ask => new Promise(resolve => Q.nextTick(() => resolve(ask()))),
  'nodeify': ask => new Promise(resolve => kept('nodeify').nodeify(() => resolve(ask()))),
  'async': Q.async(function * (ask) { yield kept('async'); yield ask() })
})
