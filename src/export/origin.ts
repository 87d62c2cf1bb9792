import type * as http from 'node:http'
import type * as https from 'node:https'
import type * as net from 'node:net'
import type * as tls from 'node:tls'

/**
 * Node's own ways to the network. Tests put others into their places (nock, msw, mitm), which see what passes, refuse it, or report it as forgotten:
 * what is sent here is none of theirs.
 */
interface Plain { Agent: typeof http.Agent, request: typeof http.request, addRequest: Function, Socket: typeof net.Socket, connect: Function }
interface Secured { Agent: typeof https.Agent, request: typeof https.request, connect: typeof tls.connect }
let plain: Plain | undefined
let secured: Secured | undefined

/** http's, as they are when this is first called: when the application has just loaded it. */
export function byHttp (): Plain {
  if (plain !== undefined) return plain
  const { Agent, request } = require('node:http') as typeof http
  const { Socket } = require('node:net') as typeof net
  return plain = { Agent, request, addRequest: (Agent.prototype as any).addRequest, Socket, connect: Socket.prototype.connect }
}

/** The same of https. */
export function byHttps (): Secured {
  if (secured !== undefined) return secured
  const { Agent, request } = require('node:https') as typeof https
  const { connect } = require('node:tls') as typeof tls
  return secured = { Agent, request, connect }
}
