// What a request may do until it is answered, whose timers, queues and pools are those of other requests, too: `node context.js http|express|koa|fastify`.
const { AsyncResource } = require('node:async_hooks')
const { execFile } = require('node:child_process')
const { randomBytes } = require('node:crypto')
const { EventEmitter, on, once } = require('node:events')
const fs = require('node:fs')
const { PassThrough, Readable, Transform, finished, pipeline } = require('node:stream')
const streams = require('node:stream/promises')
const { setTimeout: sleep } = require('node:timers/promises')
const { gzip } = require('node:zlib')
const { createPool } = require('generic-pool')
const { gate, serve } = require('./ways')

const bus = new EventEmitter().setMaxListeners(0)
const native = () => { let keep; return { promise: new Promise(resolve => { keep = resolve }), keep } }
const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 2 })
const early = new EventEmitter().on('work', ask => ask())
const jobs = []
const worker = setInterval(() => { for (const job of jobs.splice(0)) job() }, 1)
const heartbeat = setInterval(() => bus.emit('beat', 'beat'), 1)

const ways = {
  'setTimeout': ask => new Promise(resolve => setTimeout(() => resolve(ask()), 1)),
  'setInterval': ask => new Promise(resolve => { const timer = setInterval(() => { clearInterval(timer); resolve(ask()) }, 1) }),
  'setImmediate': ask => new Promise(resolve => setImmediate(() => resolve(ask()))),
  'process.nextTick': ask => new Promise(resolve => process.nextTick(() => resolve(ask()))),
  'queueMicrotask': ask => new Promise(resolve => queueMicrotask(() => resolve(ask()))),
  'timers/promises': async ask => { await sleep(1); await ask() },

  'fs.readFile': ask => new Promise(resolve => fs.readFile(__filename, () => resolve(ask()))),
  'fs.promises': async ask => { await fs.promises.stat(__filename); await ask() },
  'crypto.randomBytes': ask => new Promise(resolve => randomBytes(8, () => resolve(ask()))),
  'zlib.gzip': ask => new Promise(resolve => gzip('text', () => resolve(ask()))),
  'child_process.execFile': ask => new Promise(resolve => execFile('true', () => resolve(ask()))),

  'req.on(data)': (ask, req) => new Promise(resolve => req.once('data', () => resolve(ask()))),
  'req.on(end)': (ask, req) => new Promise(resolve => req.resume().on('end', () => resolve(ask()))),
  'for await (of req)': async (ask, req) => { for await (const chunk of req) void chunk; await ask() },
  'res.on(finish)': (ask, req, res) => new Promise(resolve => res.on('finish', () => resolve(ask())).end()),
  'res.on(close)': (ask, req, res) => new Promise(resolve => res.on('close', () => resolve(ask())).end()),
  'res.write(callback)': (ask, req, res) => new Promise(resolve => res.write('text', () => resolve(ask()))),
  'res.end(callback)': (ask, req, res) => new Promise(resolve => res.end(() => resolve(ask()))),

  'createReadStream.on(data)': ask => new Promise(resolve => fs.createReadStream(__filename).once('data', () => resolve(ask()))),
  'req.pipe': (ask, req) => new Promise(resolve => req.pipe(new PassThrough()).resume().on('end', () => resolve(ask()))),
  'a transform': (ask, req) => new Promise(resolve => {
    pipeline(req, new Transform({ transform (chunk, encoding, done) { done() }, flush (done) { resolve(ask()); done() } }).resume(), () => {})
  }),
  'pipeline': (ask, req) => new Promise(resolve => pipeline(req, new PassThrough().resume(), () => resolve(ask()))),
  'stream/promises': async (ask, req) => { await streams.pipeline(req, new PassThrough().resume()); await ask() },
  'finished': (ask, req) => new Promise(resolve => finished(req.resume(), () => resolve(ask()))),
  'Readable.from': async ask => {
    for await (const out of Readable.from((async function * () { await sleep(1); yield await ask() })())) void out
  },

  'events.once': async ask => { await once(bus, 'beat'); await ask() },
  'events.on': async ask => { for await (const [beat] of on(bus, 'beat')) { if (beat === 'beat') break } await ask() },
  'an emitter from before the request': ask => new Promise(resolve => early.emit('work', () => resolve(ask()))),
  'heard from elsewhere': ask => new Promise(resolve => bus.once('beat', () => resolve(ask()))),
  'heard from elsewhere, bound': ask => new Promise(resolve => bus.once('beat', AsyncResource.bind(() => resolve(ask())))),
  'done by a worker': ask => new Promise(resolve => jobs.push(() => resolve(ask()))),
  'done by a worker, bound': ask => new Promise(resolve => jobs.push(AsyncResource.bind(() => resolve(ask())))),

  'an async generator': async ask => {
    async function * numbers () { yield 1; await sleep(1); yield await ask() }
    for await (const number of numbers()) void number
  },
  'a generator that others step': ask => new Promise(resolve => {
    const steps = (function * () { yield; yield resolve(ask()) })()
    steps.next()
    jobs.push(() => steps.next())
  }),
  'a promise from outside': async ask => { await gate('outside', native); await ask() },
  'then, of a promise from outside': ask => gate('then', native).then(() => ask()),
  'finally, of a promise from outside': ask => gate('finally', native).finally(() => ask()),
  'Promise.all': async ask => { await Promise.all([sleep(1), gate('all', native)]); await ask() },
  'a thenable': async ask => { await { then: resolve => { jobs.push(resolve) } }; await ask() },
  'the then of a thenable': async ask => { await { then: resolve => { resolve(ask()) } } },

  'generic-pool: await': async ask => { const one = await pool.acquire(); await ask(); await pool.release(one) },
  'generic-pool: use': ask => pool.use(() => ask())
}

async function main () {
  await serve(ways, process.argv[2])
  clearInterval(worker)
  clearInterval(heartbeat)
}
main()
