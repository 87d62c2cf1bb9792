import type { MessagePort, Worker } from 'node:worker_threads'
import { active, enter, resumed, told, type Patch, type Scope, type Tap } from '../src/patch'
import { BYTES, mailbox, put, take, type Mailbox } from './lib/mailbox'

/** One end of the way between a worker and the thread that made it. */
interface End { out: Mailbox, sent: number, in: Mailbox, seen: number }
const END = Symbol('autospan.end')
type Ended<T> = T & { [END]?: End }

/** What a worker finds at its start, and nobody sees who does not know the key: the memory of the next worker that this thread makes. */
const KEY = 'autospan.mailbox'
/** In front of the two mailboxes: for which thread they are. A worker without us hands on what it was given. */
const HEAD = 8
let next: SharedArrayBuffer | undefined
let node: typeof import('node:worker_threads')
function prepare (): void {
  next = new SharedArrayBuffer(HEAD + 2 * BYTES)
  node.setEnvironmentData(KEY, next as any)
}

function made ({ worker }: { worker: Ended<Worker> }): void {
  const memory = next!
  const end = worker[END] = { out: mailbox(memory, HEAD), sent: 0, in: mailbox(memory, HEAD + BYTES), seen: 0 }
  leave(end)
  end.sent = 1
  const owner = new Int32Array(memory, 0, 1)
  Atomics.store(owner, 0, worker.threadId)
  Atomics.notify(owner, 0)
  prepare()
}

/** The main script of a worker runs in the context of whoever made it: a worker has the builtin before us. */
function begun (exports: typeof node): void {
  node = exports
  const { getEnvironmentData, isMainThread, threadId } = node
  const parentPort: Ended<MessagePort> | null = node.parentPort
  const memory = getEnvironmentData(KEY) as unknown as SharedArrayBuffer | undefined
  prepare()
  if (isMainThread || parentPort === null || memory === undefined) return
  const owner = new Int32Array(memory, 0, 1)
  // It is written when the thread has just been started: there is hardly ever anything to wait for.
  Atomics.wait(owner, 0, 0, 100)
  if (Atomics.load(owner, 0) !== threadId) return
  const end = parentPort[END] = { out: mailbox(memory, HEAD + BYTES), sent: 0, in: mailbox(memory, HEAD), seen: 0 }
  const scope = arrived(end)
  if (scope !== undefined) enter(scope)
}

function leave (end: End): void {
  const span = active()
  if (span !== undefined) put(end.out, end.sent + 1, told(span))
}
function arrived (end: End): Scope | undefined {
  const context = take(end.in, ++end.seen)
  return context === undefined ? undefined : resumed(context)
}

// Whoever does not count any more would take one message for another.
const always = true
const sent: Pick<Tap, 'method' | 'before' | 'after' | 'always'> = {
  always,
  method: 'postMessage',
  before (self: Ended<object>) { if (self[END] !== undefined) leave(self[END]) },
  // Not reached if the message could not be copied, and was not sent.
  after (self: Ended<object>) { if (self[END] !== undefined) self[END].sent++ }
}
const received = (self: Ended<object>, event: unknown): Scope | undefined =>
  self[END] !== undefined && (event === 'message' || event === 'messageerror') ? arrived(self[END]) : undefined

const worker: Tap['of'] = threads => threads.Worker.prototype
const parent: Tap['of'] = threads => threads.parentPort

export const threads: Patch = {
  about: 'the context, along with new workers and the messages between a worker and the thread that made it',
  parts: [{
    module: 'worker_threads',
    versions: '*',
    loaded: begun,
    on: { worker_threads: made },
    tap: [
      { of: worker, ...sent },
      { of: worker, method: 'emit', always, inside: (worker, args) => received(worker, args[0]) },
      { of: parent, ...sent },
      // Through here Node tells a port's listeners of a message, whichever way they listen.
      { of: parent, method: Symbol.for('nodejs.internal.kHybridDispatch'), always, inside: (port, args) => received(port, args[1]) },
      { of: threads => threads, method: 'receiveMessageOnPort', always, after (_, out, args) { if (out !== undefined && args[0]?.[END] !== undefined) args[0][END].seen++ } }
    ]
  }]
}
