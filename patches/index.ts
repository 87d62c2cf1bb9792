import type { Patch } from '../src/patch'
import { bunyan } from './bunyan'
import { console } from './console'
import { express } from './express'
import { fastify } from './fastify'
import { fetch } from './fetch'
import { http } from './http'
import { ioredis } from './ioredis'
import { koa } from './koa'
import { opentelemetry } from './opentelemetry'
import { pg } from './pg'
import { pino } from './pino'
import { processes } from './processes'
import { redis } from './redis'
import { threads } from './threads'
import { winston } from './winston'

/** Every patch. Its name here is its name everywhere: in spans, in the README, in the setting that turns it off. */
export const patches: Record<string, Patch> = { http, fetch, express, fastify, koa, opentelemetry, pg, ioredis, redis, pino, winston, bunyan, console, threads, processes }
