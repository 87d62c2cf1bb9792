import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Landing, Last } from './exporter'

/** What the other thread is started with. */
export interface Errand { lasts: Array<Omit<Last, 'landed'>>, port: MessagePort, bell: Int32Array }

/**
 * Send on the spot: another thread sends, and this one stands still until it is done or `limit` milliseconds are over. What has no answer by then is given up.
 * It is for the end of a process alone, where there is no other way to wait for a network.
 */
export function sendNow (lasts: Last[], limit: number): void {
  const { port1, port2 } = new MessageChannel()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const errand = { lasts: lasts.map(({ parcel, insists }) => ({ parcel, insists })), port: port2, bell }
  // Without the preloads and the environment of the application: this thread is ours.
  const worker = new Worker(join(__dirname, 'errand.js'), { workerData: errand, transferList: [port2], execArgv: [], env: {} })
  worker.unref()
  worker.on('error', () => {})
  Atomics.wait(bell, 0, 0, limit)
  const landings: Landing[] | undefined = receiveMessageOnPort(port1)?.message
  lasts.forEach(({ landed }, i) => landed(landings?.[i] ?? { problem: { code: undefined, message: `no answer within ${limit} ms` } }))
}
