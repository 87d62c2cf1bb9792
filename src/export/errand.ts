import { workerData } from 'node:worker_threads'
import type { Landing } from './exporter'
import type { Errand } from './last'
import { insist, isPacket, isRefused, lineTo } from './send'

/** The thread of `sendNow`: send each parcel, say what became of them, and ring. */
async function run ({ lasts, port, bell }: Errand): Promise<void> {
  const hold = setInterval(() => {}, 60_000)   // our sockets keep no thread alive
  // Packets one by one, see Transport.
  let packets: Promise<unknown> = Promise.resolve()
  port.postMessage(await Promise.all(lasts.map(last => isPacket(last.parcel.to) ? packets = packets.then(() => sent(last)) : sent(last))))
  Atomics.store(bell, 0, 1)
  Atomics.notify(bell, 0)
  clearInterval(hold)
}

async function sent ({ parcel: { to, body }, insists }: Errand['lasts'][0]): Promise<Landing> {
  const line = lineTo(to)
  const limit = to.timeout || Infinity
  const landing = await line.send(body, limit)
  return insists && isRefused(landing) ? await insist(line, body, limit) : landing
}
void run(workerData)
