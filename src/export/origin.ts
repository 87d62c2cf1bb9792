import type * as net from 'node:net'
import type * as tls from 'node:tls'

/**
 * Node's own ways to the network. Tests put others into their places (nock, msw, mitm), which see what passes, refuse it, or report it as forgotten:
 * what is sent here is none of theirs.
 */
interface Plain { Socket: typeof net.Socket, connect: Function }
interface Secured { connect: typeof tls.connect }
let plain: Plain | undefined
let secured: Secured | undefined

/** As it is when this is first called: when the application has just loaded http. */
export function byTcp (): Plain {
  if (plain !== undefined) return plain
  const { Socket } = require('node:net') as typeof net
  return plain = { Socket, connect: Socket.prototype.connect }
}

/** The same, when https has been loaded. */
export function byTls (): Secured {
  if (secured !== undefined) return secured
  const { connect } = require('node:tls') as typeof tls
  return secured = { connect }
}
