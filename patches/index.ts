import type { Patch } from '../src/patch'
import { agents } from './agents'
import { bluebird } from './bluebird'
import { bunyan } from './bunyan'
import { console } from './console'
import { express } from './express'
import { fastify } from './fastify'
import { fetch } from './fetch'
import { http } from './http'
import { ioredis } from './ioredis'
import { koa } from './koa'
import { messages } from './messages'
import { mysql } from './mysql'
import { next } from './next'
import { opentelemetry } from './opentelemetry'
import { opentracing } from './opentracing'
import { pg } from './pg'
import { pino } from './pino'
import { piscina } from './piscina'
import { processes } from './processes'
import { q } from './q'
import { redis } from './redis'
import { sentry } from './sentry'
import { threads } from './threads'
import { winston } from './winston'
import { workerpool } from './workerpool'

/** Every patch. Its name here is its name everywhere: in spans, in the README, in the setting that turns it off. */
export const patches: Record<string, Patch> = {
  http, fetch, express, fastify, koa, next, opentelemetry, opentracing, sentry, agents, pg, ioredis, redis, mysql, bluebird, q,
  pino, winston, bunyan, console,
  // workerpool stands behind threads: what it says of a message's context comes first.
  threads, piscina, workerpool, processes, messages
}
