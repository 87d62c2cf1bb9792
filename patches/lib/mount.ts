import type { IncomingMessage } from 'node:http'
import { beneath } from './route'

/** A path as express takes it. */
export type Path = string | RegExp | unknown[]
/** Where a layer is mounted, as `use` was told. */
export interface Mount { path: Path, router: Router, literal: boolean }

const TEMPLATED = Symbol('autospan.templated')
const BASES = Symbol('autospan.bases')
const ALTERNATIVES = Symbol('autospan.alternatives')
type Router = object & { [TEMPLATED]?: boolean }

/**
 * `req.baseUrl` has the path as it came ('/users/7'). Where that is not the path as it is mounted ('/users/:id'), the request remembers
 * what stands for it; and the base at which it entered a router that has such mounts. Requests that meet none remember nothing.
 */
export type Request = IncomingMessage & { baseUrl: string, [BASES]?: Map<string | Router, string> }
/** Whether any request has remembered something; until then nobody looks for it (see isAsked in route.ts). */
let isRemembered = false
function basesOf (req: Request): Map<string | Router, string> {
  isRemembered = true
  return req[BASES] ??= new Map()
}
export const template = (req: Request, base: string): string => (isRemembered ? req[BASES]?.get(base) : undefined) ?? pathOf(base)
/** Sails puts the server's address in front. */
const pathOf = (base: string): string => base === '' || base.startsWith('/') ? base : base.replace(/^\w+:\/\/[^/]*/, '')

/** What `router.use(first, ...)` mounts at; null: at '/', which is nowhere. */
export function mountOf (router: Router, first: unknown): Mount | null {
  const path = typeof first === 'string' ? first.replace(/\/+$/, '') : first as Path
  const literal = typeof path === 'string' && !/[:*?+!(){}[\]\\]/.test(path)
  if (path === '' || typeof leaf(path) === 'function') return null
  if (!literal) router[TEMPLATED] = true
  return { path, router, literal }
}
const leaf = (path: unknown): unknown => Array.isArray(path) ? leaf(path[0]) : path

/** Whether something is mounted on a router at a path that is not the path of each request. */
export const isTemplated = (router: Router): boolean => router[TEMPLATED] === true

/** The request comes into such a router. */
export function enter (router: Router, req: Request): void { basesOf(req).set(router, req.baseUrl ?? '') }

/** The request comes into a layer that is mounted; `req.baseUrl` is the layer's already. */
export function mounted (layer: any, { path, router, literal }: Mount, req: Request): void {
  const { baseUrl, [BASES]: bases } = req
  if (literal && bases === undefined && baseUrl.endsWith(path as string)) return
  const parent = literal ? baseUrl.slice(0, -(path as string).length) : bases?.get(router) ?? ''
  const text = textOf(layer, path, () => baseUrl.slice(parent.length))
  basesOf(req).set(baseUrl, beneath(template(req, parent), text))
}

/** A path as it was written; of several the first that matches all that the layer took of the request's path, for that is what express does. */
export function textOf (layer: any, path: Path, taken: () => string): string {
  if (!Array.isArray(path)) return String(path)
  const { constructor: Layer, route } = layer
  const alternatives: any[] = layer[ALTERNATIVES] ??= (path as any[]).flat(Infinity)
    .map(text => ({ text, layer: new Layer(text, { end: route !== undefined }, () => {}) }))
  const url = taken()
  const found = alternatives.find(({ layer }) => {
    const match = layer.match(url)
    return match !== false && (match.path ?? layer.path) === url
  })
  return String(found?.text ?? path)
}
