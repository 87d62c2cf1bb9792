import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Layer, Patch, Tap } from '../src/patch'
import { settled, until } from './lib/layer'
import { beneath, routeLater } from './lib/route'

/** What koa-router and @koa/router leave on the context, in all of their versions. */
interface Context {
  req: IncomingMessage
  res: ServerResponse
  method: string
  originalUrl: string
  /** koa-mount: the innermost prefix. */
  mountPath?: string
  /** The path of the layer that ran last, which may be a middleware's; before koa-router 9 of the last one that matched, before 7.4 nothing. */
  _matchedRoute?: unknown
  /** The layers that matched the path. */
  matched?: Array<{ path: unknown, methods: string[], regexp: RegExp }>
}

/**
 * The routers are not patched: they leave their traces on the context, whose end is early enough. So it is all the same which of them it is,
 * in what version, and whether it came by `require` or by `import`.
 */
function routeOf (ctx: Context): string | undefined {
  const routes = (ctx.matched ?? []).filter(layer => layer.methods.length > 0)
  const route = last(routes, layer => layer.path === ctx._matchedRoute) ?? last(routes, layer => layer.methods.includes(ctx.method))
  if (route !== undefined) return beneath(prefix(ctx, route.regexp), String(route.path))
  return ctx._matchedRoute === undefined ? undefined : String(ctx._matchedRoute)
}
function last<T> (list: T[], fits: (item: T) => boolean): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) if (fits(list[i])) return list[i]
  return undefined
}

/** koa-mount cuts its prefix off the path: what is in front of the piece that the route matched. */
function prefix ({ mountPath, originalUrl }: Context, route: RegExp): string {
  if (mountPath === undefined) return ''
  const path = /^[^?#]*/.exec(originalUrl)![0]
  const mount = mountPath.replace(/\/$/, '')
  for (let at = path.indexOf(mount); at >= 0; at = path.indexOf(mount, at + 1)) {
    if (route.test(path.slice(at + mount.length) || '/')) return path.slice(0, at + mount.length)
  }
  return ''
}

const createContext: Tap = {
  of: Application => Application.prototype,
  method: 'createContext',
  after (_, ctx: Context) { routeLater(ctx.res, routeOf, ctx) }
}

const middleware: Parameters<Layer>[1] = {
  kind: 'internal',
  start (span, _, args, fn) {
    const router = fn.router
    const name = router === undefined ? fn._name || fn.name || '<anonymous>' : router.opts?.prefix ?? '/'
    span.name = `${router === undefined ? 'middleware' : 'router'} - ${name as string}`
    span.attributes = { 'koa.name': name, 'koa.type': router === undefined ? 'middleware' : 'router' }
    args[1] = until(span, args[0].res, args[1])
  },
  ends: settled
}

export const koa: Patch = {
  about: 'the route that koa-router or @koa/router found, on the span of the request',
  parts: [{
    module: 'koa',
    versions: '>=2 <4',
    file: 'lib/application.js',
    tap: [createContext],
    layers: layer => ({
      tap: [{
        of: createContext.of,
        method: 'use',
        // Koa 2 turns generators into middleware by itself.
        before (_, args) { if (args[0]?.constructor?.name !== 'GeneratorFunction') args[0] = layer(args[0], middleware, args[0]) }
      }]
    })
  }]
}
