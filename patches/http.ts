import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { adopt, byTcp, byTls, extract, frameOf, here, inject, options, type Patch, type Scope, type Span, type Tap, type Wrap } from '../src/patch'
import { capture, received as has, sent } from './lib/headers'
import { peerOf, plain } from './lib/peer'
import { askRoute, SPAN, tellRoute } from './lib/route'
import { answered, asked, bracketed, failure, hostAndPort, methodOf, pathOf, queryOf } from './lib/url'

const GIVEN_UP = Symbol('autospan.givenUp')
type Message<T> = T & { [SPAN]?: Span, [GIVEN_UP]?: boolean }

/** Events that bring a request, beside `request` itself. */
const REQUESTS = new Set(['checkContinue', 'checkExpectation', 'upgrade', 'connect'])

const serve: Wrap = {
  of: http => http.Server.prototype,
  method: 'emit',
  kind: 'server',
  // A listener for 'checkContinue' emits 'request' itself, with the same message; an application may have events of its own by these names.
  skip: (_, args) => (args[0] !== 'request' && !REQUESTS.has(args[0])) || args[1]?.socket == null || args[2] == null || args[1][SPAN] !== undefined,
  ignore: (_, args) => options.ignoresIncoming?.(args[1].method, pathOf(args[1].url)) === true,
  from: (_, args) => extract(args[1].headers),
  request: (_, args) => `${args[1].method} ${pathOf(args[1].url)}`,
  start (span, _, args) {
    const req: IncomingMessage = args[1]
    const { headers, socket } = req
    const { name, method, original } = methodOf(req.method!)
    const scheme = (socket as { encrypted?: boolean }).encrypted === true ? 'https' : 'http'
    const told = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers['x-forwarded-host'] !== undefined ||
      headers['x-forwarded-proto'] !== undefined ? forwarded(headers) : undefined
    const host = told?.host ?? headers.host
    const server = host === undefined ? undefined : hostAndPort(host)
    const { address, port } = peerOf(socket)
    span.name = name
    span.attributes = {
      'http.request.method': method,
      'http.request.method_original': original,
      'url.scheme': told?.proto ?? scheme,
      'url.path': pathOf(req.url!),
      'url.query': queryOf(req.url!),
      'server.address': server?.name,
      'server.port': server?.port,
      'client.address': told?.for ?? address,
      'network.peer.address': address,
      'network.peer.port': port,
      'network.protocol.version': req.httpVersion,
      'user_agent.original': headers['user-agent'],
      'http.route': undefined,
      'http.response.status_code': undefined,
      'http.request.aborted': undefined
    }
    capture(span.attributes, options.capture.serverRequest, headers, has)
  },
  carry (span, _, args) {
    args[1][SPAN] = span
    if (args[0] !== 'upgrade' && args[0] !== 'connect') {
      args[2][SPAN] = span
      if (args[2].socket === null) waits(args[1], args[2])
    } else if (span.recording) handshake(span, args[2])
  },
  // Its end is the response's (see `responded`), or that of the handshake.
  ends () {}
}

/**
 * A pipelined request's answer has no socket before its turn comes. If the client goes away until then, Node (up to 24.0 at least) tells the answer nothing, and destroys the
 * request with an error: that is the one thing to see of a request whose body has been read, which is closed already.
 */
function waits (req: any, res: Message<ServerResponse>): void {
  const { destroy } = req
  const value = function (this: unknown, error: unknown): unknown {
    try { if (error != null && res.socket === null) over(res) } catch { /* then it stays open: nothing of ours is thrown at Node */ }
    return destroy.apply(this, arguments)
  }
  Object.defineProperty(req, 'destroy', { value, writable: true, configurable: true, enumerable: false })
}

/** Who takes an upgrade or a CONNECT writes the head of the answer to the socket himself. That is the end: what the connection is used for then is another thing. */
function handshake (span: Span, socket: any): void {
  const written = (head: string | Uint8Array): void => {
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(String(head.slice(0, 12)))?.[1])
    if (span.recording && status > 0) {
      span.attributes['http.response.status_code'] = status
      if (status >= 500) span.fail(String(status))
    }
    span.end()
  }
  first(socket, '_write', args => written(args[0]))
  // What was written while the socket was corked comes together.
  first(socket, '_writev', args => written(args[0][0].chunk))
  first(socket, '_destroy', () => {
    if (span.recording) span.attributes['http.request.aborted'] = true
    span.end()
  })
}

/** See the first call of a method of this one object, if it has that, which then is as it was. */
function first (object: any, method: string, see: (args: any) => void): void {
  const own = Object.getOwnPropertyDescriptor(object, method)
  const original = object[method]
  if (typeof original !== 'function') return
  const value = function (this: unknown): unknown {
    if (own === undefined) delete object[method]
    else Object.defineProperty(object, method, own)
    see(arguments)
    return original.apply(this, arguments)
  }
  Object.defineProperty(object, method, { value, writable: true, configurable: true, enumerable: false })
}

const FOR = /(?:^|[;,])\s*for="?([^";,]*)/i
const HOST = /(?:^|[;,])\s*host="?([^";,]*)/i
const PROTO = /(?:^|[;,])\s*proto="?([^";,]*)/i
/** What proxies say of the client and of the host it asked: `Forwarded` (RFC 7239) before `X-Forwarded-*`; the first of several is the farthest. */
function forwarded (headers: IncomingMessage['headers']): { for?: string, host?: string, proto?: string } {
  const said = (key: RegExp, name: string): string | undefined =>
    key.exec(headers.forwarded ?? '')?.[1].trim() || String(headers[name] ?? '').split(',', 1)[0].trim() || undefined
  const client = said(FOR, 'x-forwarded-for')
  return {
    for: client === undefined || client === 'unknown' ? undefined : plain(hostAndPort(client).name),
    host: said(HOST, 'x-forwarded-host'),
    proto: said(PROTO, 'x-forwarded-proto')?.toLowerCase()
  }
}

/** Events of a message run in the context of its request, wherever they come from: the parser knows of no request. */
const inRequest = (message: Message<object>): Scope | undefined => {
  const span = message[SPAN]
  if (span === undefined) return undefined
  const frame = frameOf(span)
  const scope = here()
  return scope === frame || scope.span?.trace.entry === frame ? undefined : frame
}

type Heard = { _events?: Record<string, Function | Function[] | undefined> }
/** Nobody listens to this event: six of the eight of a plain request. An error is heard of in any case, if only as an exception. */
const unheard = (message: Heard, event: string): boolean => event !== 'error' && message._events?.[event] === undefined

/** Node's own listener, one function for all messages: its name, which V8 has to be asked for, is needed once. */
function isNodes (listener: any): boolean {
  if (listener !== clearIncoming && listener.name === 'clearIncoming') clearIncoming = listener
  return listener === clearIncoming
}
let clearIncoming: unknown

const received: Tap = {
  of: http => http.IncomingMessage.prototype,
  method: 'emit',
  // At the end of a plain request there is but Node's own server, which has its parser let go of the message.
  skip: (message: Heard, event) => unheard(message, event) || (event === 'end' && isNodes(message._events!.end)),
  inside: inRequest
}

const responded: Tap = {
  of: http => http.ServerResponse.prototype,
  method: 'emit',
  skip: (res, event) => event !== 'close' && unheard(res, event),
  before (res: Message<ServerResponse>, args) { if (args[0] === 'close') over(res) },
  inside: (res, args) => unheard(res, args[0]) ? undefined : inRequest(res)
}

/** The answer is written, or never will be. */
function over (res: Message<ServerResponse>): void {
  const span = res[SPAN]
  if (span === undefined) return
  // Nobody hears of it, but it is over.
  if (!span.recording) return span.end()
  if (!('url.path' in span.attributes)) describeLate(span, res)
  askRoute(res)
  const { statusCode, writableFinished } = res
  if (writableFinished || res.headersSent) span.attributes['http.response.status_code'] = statusCode
  capture(span.attributes, options.capture.serverResponse, res as { _header?: string }, sent)
  if (!writableFinished) span.attributes['http.request.aborted'] = true
  else if (statusCode >= 500) span.fail(String(statusCode))
  span.end()
}

/** The application had it sampled when it had begun already (`sampling.priority`). What the application said stays. */
function describeLate (span: Span, res: ServerResponse): void {
  const { name, named, attributes } = span
  serve.start(span, undefined, ['request', res.req])
  Object.assign(span.attributes, attributes)
  if (named) span.name = name
  else if (typeof attributes['http.route'] === 'string') tellRoute(res, attributes['http.route'])
}

/** Every outgoing request, of http and https, by request() and get(), passes here once: just before its head is written. */
const send: Wrap = {
  of: http => http.ClientRequest.prototype,
  method: '_storeHeader',
  kind: 'client',
  ignore: req => options.ignoresOutgoing?.(req.host ?? '') === true,
  from: (_, args) => adopt(args[1], headerOf),
  start (span, req, args) {
    const { path, protocol, socketPath } = req
    req[SPAN] = span
    const { name, method, original } = methodOf(req.method)
    const named = headerOf(args[1], 'host')
    const { url, name: server, port } = asked(protocol === 'https:' ? 'https' : 'http', named ?? bracketed(req.host), req.method, path)
    span.name = name
    span.attributes = {
      'http.request.method': method,
      'http.request.method_original': original,
      'url.full': url,
      'server.address': socketPath ?? server,
      // Who sends no Host (array headers, `setHost: false`) keeps the port to himself; it is seen at the answer.
      'server.port': socketPath == null && named !== undefined ? port : undefined,
      'network.peer.address': socketPath,
      'network.peer.port': undefined,
      'network.protocol.version': undefined,
      'http.response.status_code': undefined
    }
    capture(span.attributes, options.capture.clientRequest, args[1], headerOf)
  },
  carry (span, req, args, isBlank) {
    if (options.propagatesTo?.(req.host ?? '') === false) return
    // The head is the application's: it may read it, and send it again with its next request.
    const head: Head = args[1]
    const lines = args[1] = head == null ? [] : Array.isArray(head) ? head.slice() : Object.values(head)
    inject(span, lines, setHeader, headerOf, isBlank)
  },
  // Its end is the answer's (see `answer`).
  ends () {}
}

// What _storeHeader takes: the request's own table (name -> [Name, value]), pairs in an array, or names and values in turn.
type Head = Record<string, [string, unknown]> | unknown[] | undefined
function headerOf (head: Head, name: string): string | undefined {
  if (head == null) return undefined
  if (!Array.isArray(head)) return head[name] === undefined ? undefined : String(head[name][1])
  const at = placeOf(head, name)
  return at < 0 ? undefined : String(isPairs(head) ? head[at][1] : head[at + 1])
}
function setHeader (lines: unknown[], name: string, value: string): void {
  const at = placeOf(lines, name)
  if (isPairs(lines)) lines[at < 0 ? lines.length : at] = [name, value]
  else if (at < 0) lines.push(name, value)
  else lines[at + 1] = value
}
const isPairs = (lines: unknown[]): lines is unknown[][] => Array.isArray(lines[0])
function placeOf (lines: unknown[], name: string): number {
  const pairs = isPairs(lines)
  for (let i = 0; i < lines.length; i += pairs ? 1 : 2) {
    const key = String(pairs ? lines[i][0] : lines[i])
    if (key.length === name.length && key.toLowerCase() === name) return i
  }
  return -1
}

/** What a request tells of how it goes: of all of these but `timeout` it is over. */
const ANSWERS = new Set(['response', 'upgrade', 'connect', 'timeout', 'error', 'close'])

const answer: Tap = {
  of: http => http.ClientRequest.prototype,
  method: 'emit',
  skip: (_, event) => !ANSWERS.has(event),
  before (req: Message<ClientRequest>, args) {
    const span = req[SPAN]
    if (span === undefined || !span.recording) return
    switch (args[0]) {
      case 'response':
      case 'upgrade':
      case 'connect': {
        const { statusCode, httpVersion, socket, headers } = args[1] as IncomingMessage
        const { attributes } = span
        const { address, port } = peerOf(socket)
        attributes['network.peer.address'] ??= address
        attributes['network.peer.port'] = port
        attributes['server.port'] ??= port
        attributes['network.protocol.version'] = httpVersion
        capture(attributes, options.capture.clientResponse, headers, has)
        answered(span, statusCode!)
        break
      }
      case 'timeout':
        req[GIVEN_UP] = false
        return
      case 'error': {
        const failed = req[GIVEN_UP] === true ? undefined : failure(args[1])
        if (failed !== undefined) span.fail(failed)
        break
      }
    }
    span.end()
  }
}

/** Whoever ends his own request, by abort() or by destroy() without an error, has not seen it fail, though it says so; unless it was for lack of time. */
const givenUp: Tap = {
  of: http => http.ClientRequest.prototype,
  method: 'destroy',
  before (req: Message<ClientRequest>, args) { if (args[0] == null && !req.destroyed) req[GIVEN_UP] ??= true }
}

export const http: Patch = {
  about: 'a span for each request received, and for each request sent',
  parts: [
    { module: 'http', versions: '*', wrap: [serve, send], tap: [received, responded, answer, givenUp], loaded: byTcp },
    { module: 'https', versions: '*', wrap: [{ ...serve, of: https => https.Server.prototype }], loaded: byTls }
  ]
}
