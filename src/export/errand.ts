import { workerData } from 'node:worker_threads'
import type { Errand } from './last'
import { lineTo } from './send'

/** The thread of `sendNow`: send each parcel once, say what became of them, and ring. */
async function run ({ parcels, port, bell }: Errand): Promise<void> {
  const hold = setInterval(() => {}, 60_000)   // our sockets keep no thread alive
  port.postMessage(await Promise.all(parcels.map(({ to, body }) => lineTo(to, 1).send(body))))
  Atomics.store(bell, 0, 1)
  Atomics.notify(bell, 0)
  clearInterval(hold)
}
void run(workerData)
