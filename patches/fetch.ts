import { channel } from 'node:diagnostics_channel'
import { adopt, here, inject, NOBODY, options, type Begin, type Met, type Patch, type Scope, type Span, type Tap } from '../src/patch'
import { capture, raw } from './lib/headers'
import { peerOf } from './lib/peer'
import { answered, asked, failure, hostAndPort, methodOf } from './lib/url'

// Both ride on undici's own request object, which is in every message of its channels.
const SPAN = Symbol('autospan.span')
const SCOPE = Symbol('autospan.scope')
type Request = any

/** Each request that goes out, a hop of a redirect or a try of a retry too. What is answered by a mock or a cache goes nowhere, and has no span. */
const sent: Begin = {
  channel: 'undici:request:create',
  kind: 'client',
  ignore: ({ request }) => options.ignoresOutgoing?.(hostAndPort(authority(request)).name) === true,
  from: ({ request }) => adopt(request, headerOf),
  start (span, { request }) {
    request[SPAN] = span
    const { name, method, original } = methodOf(request.method)
    const { url, name: server, port } = asked(String(request.origin).startsWith('https:') ? 'https' : 'http', authority(request), request.method, request.path)
    span.name = name
    span.attributes = {
      'http.request.method': method,
      'http.request.method_original': original,
      'url.full': url,
      'server.address': server,
      'server.port': port,
      'network.peer.address': undefined,
      'network.peer.port': undefined,
      'network.protocol.version': undefined,
      'http.response.status_code': undefined
    }
    capture(span.attributes, options.capture.clientRequest, request, headerOf)
  },
  carry (span, { request }, isBlank) {
    if (options.propagatesTo?.(hostAndPort(authority(request)).name) !== false) inject(span, request, setHeader, headerOf, isBlank)
  }
}
/** 'example.org:8080' of an origin: a text, or a URL. */
function authority ({ origin }: Request): string {
  if (origin === latest) return host
  latest = String(origin)
  return host = latest.slice(latest.indexOf('//') + 2, latest.endsWith('/') ? -1 : undefined)
}
// A program mostly asks the same: the latest is remembered, as a text.
let latest = ''
let host = ''

// undici 5 has the headers as the text it will send, from 6 on they are names and values in turn.
function headerOf ({ headers }: Request, name: string): string | undefined {
  if (typeof headers === 'string') return line(name).exec(headers)?.[1]
  const at = placeOf(headers, name)
  return at < 0 ? undefined : String(headers[at + 1])
}
function setHeader (request: Request, name: string, value: string): void {
  const { headers } = request
  if (typeof headers === 'string') {
    if (line(name).test(headers)) request.headers = headers.replace(line(name), () => `${name}: ${value}\r`)
    else request.addHeader(name, value)
    return
  }
  // Not by addHeader, which looks for what no header may have: there is none of it in what a format writes.
  const at = placeOf(headers, name)
  if (at < 0) headers.push(name, value)
  else headers[at + 1] = value
}
const line = (name: string): RegExp => new RegExp(`^${name.replace(/[^\w-]/g, '\\$&')}: (.*)\r$`, 'im')
function placeOf (headers: unknown[], name: string): number {
  for (let i = 0; i < headers.length; i += 2) {
    const header = headers[i] as string
    // Of names of this length most begin otherwise, and need not be made small.
    if (header.length === name.length && ((header.charCodeAt(0) ^ name.charCodeAt(0)) & ~CASE) === 0 && header.toLowerCase() === name) return i
  }
  return -1
}
const CASE = 0x20

/** The client's work is done when it has read the head of the answer: whether its body is read is up to the application. */
function headed (request: Request, status: number, headers: Uint8Array[] = []): void {
  const span: Span | undefined = request[SPAN]
  // What precedes the answer (100, 103) is none; 101 is one.
  if (span === undefined || !span.recording || (status < 200 && status !== 101)) return
  capture(span.attributes, options.capture.clientResponse, headers, raw)
  answered(span, status)
  span.end()
}

function broken (request: Request, error: unknown): void {
  const span: Span | undefined = request[SPAN]
  if (span === undefined || !span.recording) return
  const failed = failure(error)
  if (failed !== undefined) span.fail(failed)
  span.end()
}

/** What a request is told, it hears in the context of its caller: the connection is another's, and a redirect or retry is sent from there. */
const inside: Tap['inside'] = request => away(request[SCOPE])
const told = (method: string): Met['tap'][number] => ({ method, skip: request => request[SCOPE] === undefined, inside })
const head = (method: string): Met['tap'][number] => ({ method, before (request, args) { headed(request, args[0], args[1]) }, inside })
const error = (method: string): Met['tap'][number] => ({ method, before (request, args) { broken(request, args[0]) }, inside })
// Whether a span's scope is in force already, AsyncLocalStorage asks itself; but to say that nobody's is would switch its hooks on.
const away = (scope: Scope | undefined): Scope | undefined => scope === NOBODY && here() === NOBODY ? undefined : scope

/**
 * Whether only fetch itself will hear of a request: all it does then is to settle promises, and what awaits those has its caller's context anyway.
 * Its own handler is known by what else none has, from undici 6 on; others hear of the request if they listen to its channels.
 */
function isOfFetch (request: Request): boolean {
  if (HANDLER === undefined || !(HANDLER in request)) HANDLER = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler')
  const handler = HANDLER && request[HANDLER]
  return handler?.body === null && handler.abort === null && typeof handler.onResponseStarted === 'function' && !HEARD.some(({ hasSubscribers }) => hasSubscribers)
}
// Each copy of undici has its own.
let HANDLER: symbol | undefined
const HEARD = ['headers', 'bodyChunkReceived', 'trailers', 'error'].map(name => channel(`undici:request:${name}`))

// A full pool keeps the call, and makes the request of it when a stranger's is done: the scope waits on the handler until a client takes it.
const queued: Tap = { of: ({ PoolBase }) => PoolBase.prototype, method: 'dispatch', before (_, args) { if (Object.isExtensible(args[1])) args[1][SCOPE] ??= here() } }
const taken: Tap = {
  of: Client => Client.prototype,
  method: 'dispatch',
  inside: (_, args) => away(left(args[1]))
}
/** The scope that waits on a handler, which nobody else finds there then. */
function left (handler: any): Scope | undefined {
  const scope: Scope | undefined = handler?.[SCOPE]
  if (scope !== undefined) handler[SCOPE] = undefined
  return scope
}
/** undici 7 puts a handler of its new kind into the clothes of the old one. */
const dressed: Tap = {
  of: Unwrap => Unwrap,
  method: 'unwrap',
  after (_, out, args) { if (out !== args[0]) out[SCOPE] = left(args[0]) }
}
const versions = '>=5 <9'

export const fetch: Patch = {
  about: 'a span for each request of fetch and of undici',
  parts: [
    {
      module: 'undici',
      versions,
      on: {
        'undici:request:create' ({ request }) { if (!isOfFetch(request)) request[SCOPE] = here() },
        'undici:client:sendHeaders' ({ request, headers, socket }) {
          const span: Span | undefined = request[SPAN]
          if (span === undefined || !span.recording) return
          const peer = peerOf(socket)
          // HTTP/2 has no request line. To look at the head has V8 copy it into one text.
          peer.version ??= headers.startsWith(`${request.method} `) ? '1.1' : '2'
          span.attributes['network.peer.address'] = peer.address
          span.attributes['network.peer.port'] = peer.port
          span.attributes['network.protocol.version'] = peer.version
        }
      },
      begin: [sent],
      met: [{
        channel: 'undici:request:create',
        of: ({ request }) => Object.getPrototypeOf(request),
        tap: [
          told('onConnect'), head('onHeaders'), told('onData'), told('onComplete'), error('onError'), head('onUpgrade'),
          // undici 8
          told('onRequestStart'), head('onResponseStart'), told('onResponseData'), told('onResponseEnd'), error('onResponseError'), head('onRequestUpgrade')
        ]
      }]
    },
    { module: 'undici', versions, file: 'lib/pool-base.js', tap: [queued] },
    { module: 'undici', versions, file: 'lib/dispatcher/pool-base.js', tap: [queued] },
    { module: 'undici', versions, file: 'lib/client.js', tap: [taken] },
    { module: 'undici', versions, file: 'lib/dispatcher/client.js', tap: [taken] },
    { module: 'undici', versions: '>=7 <8', file: 'lib/handler/unwrap-handler.js', tap: [dressed] }
  ]
}
