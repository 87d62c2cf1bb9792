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

/**
 * The authorities that this thread trusts, as PEM texts, if a flag or a call (--use-system-ca, tls.setDefaultCACertificates) has made them others than those of any
 * new thread: Node's own, or OpenSSL's, of which it does not tell. undefined, too, before Node 22.15 and 23.10, which have neither.
 */
export function authorities (): string | undefined {
  const { getCACertificates } = require('node:tls') as { getCACertificates?: (kind: 'default' | 'bundled' | 'extra') => string[] }
  if (getCACertificates === undefined) return undefined
  const [trusted, bundled, extra] = (['default', 'bundled', 'extra'] as const).map(kind => getCACertificates(kind))
  const pem = trusted.join('\n')
  return [[...bundled, ...extra], extra].some(usual => usual.join('\n') === pem) ? undefined : pem
}

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
