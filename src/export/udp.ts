import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { clearTimeout, setTimeout } from '../trace/clock'
import type { Landing } from './exporter'
import type { Line } from './send'

/** Milliseconds in which a machine at which nobody listens says so. A packet of which nothing is heard by then counts as arrived: more is not to be known. */
const SILENCE = 20
const SENT: Landing = { answer: { status: 200, type: undefined, retryAfter: undefined, body: Buffer.alloc(0) } }

/** Packets to `udp://host:port`, by one socket, which is made anew after a failure: the host may have another address by then. */
export function udpLine (url: string): Line {
  const { hostname, port } = new URL(url)
  let socket: Promise<Socket> | undefined
  const close = (): void => {
    socket?.then(socket => socket.close(), () => {})
    socket = undefined
  }
  return {
    async send (body) {
      const mine = socket ??= connected(hostname.replace(/^\[|\]$/g, ''), Number(port))
      try {
        await landed(await mine, body)
        return SENT
      } catch (error) {
        if (socket === mine) close()
        const { code, message } = error as NodeJS.ErrnoException
        return { problem: { code, message } }
      }
    },
    close
  }
}

/** Only on a socket that is connected is it heard that nobody listens. */
async function connected (host: string, port: number): Promise<Socket> {
  const { address, family } = await lookup(host)
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref()
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => socket.connect(port, address, ((error?: Error) => error == null ? resolve() : reject(error)) as () => void))
  return socket
}

function landed (socket: Socket, body: Uint8Array): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const over = (error: Error | null): void => {
      clearTimeout(timer)
      socket.off('error', over)
      if (error === null) resolve()
      else reject(error)
    }
    const timer = setTimeout(over, SILENCE, null).unref()
    socket.on('error', over)
    socket.send(body, error => { if (error !== null) over(error) })
  })
}
