import type { Remote } from '../../src/patch'

/**
 * Memory that two threads share, and in it what one tells the other of its messages' contexts: nothing is added to a message, for whoever receives it may
 * be without us. Messages of one port come in their order, so a number is enough to know them by. A ring: what is read too late is not there any more.
 */
export interface Mailbox { readonly numbers: Int32Array, readonly bytes: Buffer }

const SLOTS = 64
const SLOT = 1024
const HEAD = 8
export const BYTES = SLOTS * SLOT

/** A mailbox in BYTES of a memory, from `offset` on. */
export const mailbox = (memory: SharedArrayBuffer, offset: number): Mailbox =>
  ({ numbers: new Int32Array(memory, offset, BYTES / 4), bytes: Buffer.from(memory as unknown as ArrayBuffer, offset, BYTES) })

/** Leave a context for message `number` (from 1 on). One that is too long is left without its baggage and its `tracestate`. */
export function put ({ numbers, bytes }: Mailbox, number: number, context: Remote): void {
  let text = JSON.stringify(context)
  if (Buffer.byteLength(text) > SLOT - HEAD) text = JSON.stringify({ ...context, state: undefined, baggage: undefined })
  const at = number % SLOTS * SLOT
  // While it is written it is nobody's.
  Atomics.store(numbers, at / 4, 0)
  numbers[at / 4 + 1] = bytes.write(text, at + HEAD)
  Atomics.store(numbers, at / 4, number)
}

/** The context of message `number`; undefined if it has none. */
export function take ({ numbers, bytes }: Mailbox, number: number): Remote | undefined {
  const at = number % SLOTS * SLOT
  if (Atomics.load(numbers, at / 4) !== number) return undefined
  const text = bytes.toString('utf8', at + HEAD, at + HEAD + numbers[at / 4 + 1])
  return Atomics.load(numbers, at / 4) === number ? JSON.parse(text) : undefined
}
