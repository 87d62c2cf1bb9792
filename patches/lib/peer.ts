/** Who is at the other end of a socket; nothing is known of one that is not connected. */
export interface Peer {
  readonly address: string | undefined
  readonly port: number | undefined
  /** The version of HTTP that is spoken with it, once somebody has found out. */
  version: string | undefined
}

const known = new WeakMap<object, Peer>()

/**
 * Found out once for each connection. Not by `socket.remoteAddress`, which is kept on the socket: one more property is one more kind of sockets for V8, which throws away what it
 * compiled for those that it knew. Where few requests are sampled, that would be again and again.
 */
export function peerOf (socket: any): Peer {
  const found = known.get(socket)
  if (found !== undefined) return found
  const { address, port } = asked(socket)
  const peer = { address: plain(address), port, version: undefined }
  if (address !== undefined) known.set(socket, peer)
  return peer
}

/** As Node itself asks, for a socket of its own. */
function asked (socket: any): { address?: string, port?: number } {
  const { _handle: handle } = socket
  if (typeof handle?.getpeername !== 'function') return { address: socket.remoteAddress, port: socket.remotePort }
  const name = {}
  handle.getpeername(name)
  return name
}

/** An IPv4 address that came by an IPv6 socket is told as what it is. */
export const plain = (address: string | undefined): string | undefined => address?.startsWith('::ffff:') === true && address.includes('.') ? address.slice(7) : address
