import type { Layer, Patch, Tap } from '../src/patch'
import { settled, until } from './lib/layer'
import { tellRoute } from './lib/route'

/**
 * Fastify's own channels tell too late (`tracing:fastify.request.handler`: not of a request that a hook has answered) or need a hook of ours
 * that the application sees (`fastify.initialization`). Its router knows the route before anything of the application runs, in all versions.
 */
const routed: Tap = {
  of: Router => Router.prototype,
  method: 'on',
  // on(method, path, options, handler, store): the routes. Handlers of what is not found are given by all(path, handler, store).
  argument: 3,
  before (_, args) {
    const url = args[3]?.config?.url
    if (url !== undefined) tellRoute(args[0], url)
  }
}

const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onError']
const LAYERED = Symbol('autospan.layered')

const hook: Parameters<Layer>[1] = {
  kind: 'internal',
  start (span, _, args, { name, fn }) {
    const callback = nameOf(fn)
    span.name = `${name as string} - ${callback}`
    span.attributes = { 'fastify.type': 'hook', 'hook.name': name, 'hook.callback.name': callback }
    const done = args.length - 1
    args[done] = until(span, args[1].raw, args[done])
  },
  ends: settled
}
// Fastify binds them.
const nameOf = (fn: Function): string => fn.name.replace(/^bound /, '') || '<anonymous>'

const handler: Parameters<Layer>[1] = {
  kind: 'internal',
  start (span, _, args, url) {
    span.name = `request handler - ${url as string}`
    span.attributes = { 'fastify.type': 'request-handler' }
    until(span, args[1].raw, undefined)
  },
  ends: settled
}

export const fastify: Patch = {
  about: 'the route, on the span of the request',
  parts: [{
    module: 'find-my-way',
    versions: '>=3 <10',
    file: 'index.js',
    exports: 'Router',
    tap: [routed],
    layers: layer => ({
      tap: [{
        ...routed,
        // A route's hooks are all together when its first request comes.
        before (_, args) {
          const route = args[3]
          if (route?.config?.url === undefined || route[LAYERED] === true) return
          route[LAYERED] = true
          for (const name of HOOKS) if (Array.isArray(route[name])) route[name] = route[name].map((fn: Function) => layer(fn, hook, { name, fn }))
          route.handler = layer(route.handler, handler, route.config.url)
        }
      }]
    })
  }]
}
