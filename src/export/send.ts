import { promisify } from 'node:util'
import { elapsed, setTimeout } from '../trace/clock'
import type { Destination, Landing } from './exporter'
import { failed, httpLine } from './post'

/** Milliseconds that a collector may take to be there again while a process ends, and from one look to the next. */
const RESTART = 700
const LOOK = 50
/** Compression is loaded by the first who asks for it. */
const pack = async (body: Uint8Array): Promise<Buffer> => promisify((require('node:zlib') as typeof import('node:zlib')).gzip)(body)

/** The way to one destination. It stays open between batches, and keeps no process alive. */
export interface Line {
  /** Send a body, once; over HTTP it is given up after `limit` milliseconds, if that is no Infinity. Never rejects. */
  send (body: Uint8Array, limit: number): Promise<Landing>
  close (): void
}

export const isPacket = ({ url }: Destination): boolean => url.startsWith('udp:')

/** By HTTP, or by UDP. */
export function lineTo (to: Destination): Line {
  if (isPacket(to)) return (require('./udp') as typeof import('./udp')).udpLine(to.url)
  const line = httpLine(to)
  return to.gzip ? { send: (body, limit) => pack(body).then(packed => line.send(packed, limit), failed), close: line.close } : line
}

/** Nobody listens there, which is known at once. */
export const isRefused = (landing: Landing): boolean => 'problem' in landing && landing.problem.code === 'ECONNREFUSED'

/** Send a body to one who has refused it and may be restarting: again and again, for a while. */
export async function insist (line: Line, body: Uint8Array, limit: number): Promise<Landing> {
  const until = elapsed() + RESTART
  let landing
  do {
    await new Promise(resolve => setTimeout(resolve, LOOK).unref())
    landing = await line.send(body, limit)
  } while (isRefused(landing) && elapsed() < until)
  return landing
}
