import { routed, type Part, type Patch, type Span, type Tap, type Wrap } from '../src/patch'
import { until } from './lib/layer'
import { enter, isTemplated, mounted, mountOf, template, textOf, type Request } from './lib/mount'
import { beneath, SPAN, tellRoute } from './lib/route'

const MOUNT = Symbol('autospan.mount')

// Express 4's router is a function with the methods on itself.
const router = (exports: any): any => exports.handle === undefined ? exports.prototype : exports

const use: Tap = {
  of: router,
  method: 'use',
  after (router, _, args) {
    const mount = mountOf(router, args[0])
    const { stack } = router
    for (let i = stack.length - 1; i >= 0 && stack[i].route === undefined && stack[i][MOUNT] === undefined; i--) stack[i][MOUNT] = mount
  }
}

const entered: Tap = { of: router, method: 'handle', skip: router => !isTemplated(router), before (router, args) { enter(router, args[0]) } }

// What `param` loads may fail before the route has its turn.
const param: Tap = {
  of: router,
  method: 'param',
  argument: 1,
  before (_, args) {
    const req = args[0]
    if (req.route !== undefined && req[SPAN]?.attributes['http.route'] === undefined) tellRoute(req, beneath(template(req, req.baseUrl), String(req.route.path)))
  }
}

const handle: Omit<Tap, 'method'> = {
  of: Layer => Layer.prototype,
  skip: layer => layer.route === undefined && layer[MOUNT] == null,
  before (layer, args) {
    const req: Request & { [SPAN]?: Span } = args[0]
    const { route } = layer
    if (route === undefined) return mounted(layer, layer[MOUNT], req)
    const span = req[SPAN]
    if (span?.recording === true) routed(span, beneath(template(req, req.baseUrl), textOf(layer, route.path, () => pathOf(req))))
  }
}
const pathOf = (req: Request): string => /^[^?#]*/.exec(req.url!)![0]

/** A span for each middleware, router and request handler. */
const layer: Omit<Wrap, 'method'> = {
  of: handle.of,
  kind: 'internal',
  // Express passes over a function whose arity is not that of the case; a route is told of by its handlers.
  skip: (layer, args) => layer.route !== undefined || (args.length > 3 ? layer.handle.length !== 4 : layer.handle.length > 3),
  start (span, layer, args) {
    const next = args.length - 1
    const req = args[next - 2]
    const type = 'method' in layer ? 'request handler' : layer.handle.stack !== undefined || layer.name === 'mounted_app' ? 'router' : 'middleware'
    const name = type === 'middleware' ? layer.name : type === 'router' ? template(req, req.baseUrl) || '/' : req[SPAN]?.attributes['http.route'] ?? layer.name
    span.name = `${type} - ${name as string}`
    span.attributes = { 'express.name': name, 'express.type': type.replace(' ', '_') }
    args[next] = until(span, args[next - 1], args[next])
  },
  // `until` says when.
  ends () {}
}

/** Express 4 and the router of express 5 are one design in two spellings. */
const parts = (module: string, versions: string, index: Pick<Part, 'file' | 'exports'>, file: string, request: string, error: string): Part[] => [
  { module, versions, ...index, tap: [use, entered, param] },
  {
    module,
    versions,
    file,
    tap: [{ ...handle, method: request }],
    layers: () => ({ wrap: [{ ...layer, method: request }, { ...layer, method: error }] })
  }
]

export const express: Patch = {
  about: 'the route, on the span of the request',
  parts: [
    ...parts('express', '>=4.11 <5', { file: 'lib/router/index.js' }, 'lib/router/layer.js', 'handle_request', 'handle_error'),
    // Its router is the package below.
    { module: 'express', versions: '>=5 <6' },
    ...parts('router', '>=2 <3', { file: 'index.js', exports: 'Router' }, 'lib/layer.js', 'handleRequest', 'handleError')
  ]
}
