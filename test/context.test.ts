import { contexts } from './contexts'

// An emitter's listeners, and what a queue of one's own holds, are called by whoever emits, or empties the queue: here a timer that no request has begun.
const NOBODYS = ['heard from elsewhere', 'done by a worker', 'a generator that others step']

for (const framework of ['http', 'express', 'koa', 'fastify']) {
  contexts(`${framework}: timers, streams, events, iterators, promises and pools go on in their request`, 'context.js', { args: [framework] }, NOBODYS)
}
