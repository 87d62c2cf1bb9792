import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { messageOf } from '../log'
import type { Destination, Landing, Last, Problem } from './exporter'
import { authorities } from './origin'

/** What the other thread is started with. */
export interface Errand { lasts: Array<Omit<Last, 'landed'>>, port: MessagePort, bell: Int32Array }

/**
 * Send on the spot: another thread sends, and this one stands still until it is done or `limit` milliseconds are over. What has no answer by then is given up.
 * `trustsAll`: no server is verified. It is for the end of a process alone, where there is no other way to wait for a network.
 */
export function sendNow (lasts: Last[], limit: number, trustsAll: boolean): void {
  let landings: Landing[] | undefined
  let problem: Problem = { code: undefined, message: `no answer within ${limit} ms` }
  try { landings = byThread(lasts, limit, trustsAll) } catch (error) {
    // Node's permissions may allow no thread.
    problem = { code: (error as NodeJS.ErrnoException).code, message: messageOf(error) }
  }
  lasts.forEach(({ landed }, i) => landed(landings?.[i] ?? { problem }))
}

/** undefined if there is no answer in time. */
function byThread (lasts: Last[], limit: number, trustsAll: boolean): Landing[] | undefined {
  const { port1, port2 } = new MessageChannel()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const errand = { lasts: lasts.map(({ parcel, insists }) => ({ parcel: { ...parcel, to: trusting(parcel.to, trustsAll) }, insists })), port: port2, bell }
  // Without the preloads and the environment of the application: this thread is ours.
  const worker = new Worker(join(__dirname, 'errand.js'), { workerData: errand, transferList: [port2], execArgv: [], env: {} })
  worker.unref()
  worker.on('error', () => {})
  Atomics.wait(bell, 0, 0, limit)
  return receiveMessageOnPort(port1)?.message
}

/** The other thread knows nothing of what this one has been told to trust. */
function trusting (to: Destination, all: boolean): Destination {
  if (!to.url.startsWith('https:')) return to
  return { ...to, tls: { ...to.tls, ca: to.tls.ca ?? (all ? undefined : authorities()), rejectUnauthorized: !all } }
}
