'use strict'
// What is measured, as data. `everywhere`: also on the versions of Node that are measured in short.

/** Requests to a server: which of apps/, the path, how many a contender gets in a round, what else runs, and in which mode the contenders are. */
exports.REQUESTS = [
  { name: 'express', app: 'express', path: '/plain', count: 4000, everywhere: true },
  { name: 'express + pg + redis', app: 'express', path: '/db', count: 2000, services: true, everywhere: true },
  { name: 'express + fetch + pg + redis', app: 'express', path: '/fetch', count: 1500, services: true, everywhere: true },
  { name: 'fastify', app: 'fastify', path: '/plain', count: 5000 },
  { name: 'koa', app: 'koa', path: '/plain', count: 5000 },
  { name: 'http', app: 'http', path: '/plain', count: 4000 },
  { name: 'express, 1 % sampled', app: 'express', path: '/plain', count: 4000, mode: 'sampled 1 %', everywhere: true },
  { name: 'express, sampled off', app: 'express', path: '/plain', count: 4000, mode: 'sampled off' },
  { name: 'express, disabled', app: 'express', path: '/plain', count: 4000, mode: 'disabled' },
  { name: 'express, switched off at run time', app: 'express', path: '/plain', count: 4000, mode: 'switched off', signal: 'SIGUSR2' }
]

/** The same without clock, sockets and noise: `count` requests in a process. It takes long, and valgrind: only where a word asks for it. */
exports.INSTRUCTIONS = [
  { name: 'instructions, http', app: 'http', count: 10_240 },
  { name: 'instructions, express', app: 'express', count: 10_240 },
  { name: 'instructions, express, sampled off', app: 'express', count: 10_240, mode: 'sampled off' }
].map(work => ({ ...work, asked: true }))

/** Requests at a fixed rate, for what they feel like and for the memory they take. */
exports.RATES = [
  { name: 'express at 400 requests a second', app: 'express', path: '/plain', rate: 400 },
  { name: 'express + pg + redis at 400 requests a second', app: 'express', path: '/db', rate: 400, services: true, everywhere: true }
]

/** Programs that start: of programs/ or apps/, and their arguments. */
exports.STARTS = [
  { name: 'start, an empty program', program: 'programs/load.js', everywhere: true },
  { name: 'start, express + pg + redis', program: 'programs/load.js', packages: ['express', 'pg', 'ioredis'], everywhere: true },
  { name: 'start, express + pg + redis up to listen', program: 'apps/express.js' },
  { name: 'start, express + pg + redis as ES modules', program: 'programs/stack.mjs', esm: true },
  { name: 'start, 200 modules', program: 'programs/load.js', modules: 200 }
]

/** Spans that are encoded, so many at a time: all at once, and as exporters do it. */
exports.BATCHES = [
  { name: 'encode 10,000 spans', size: 10_000, everywhere: true },
  { name: 'encode 10,000 spans, 512 at a time', size: 512, everywhere: true }
]

/** What an installation puts on the disk; it is the same for all versions of Node. */
exports.INSTALLS = [{ name: 'install' }]
