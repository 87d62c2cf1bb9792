import { enter, here, NOBODY, resumed, told, type Patch, type Remote, type Scope, type Tap } from '../src/patch'

/** Tasks go over ports of piscina's own, in messages that the application never sees: there a context can be put in. */
const CONTEXT = 'autospan.context'
const SCOPE = Symbol('autospan.scope')

// A task is an AsyncResource: it knows who queued it, whoever makes a worker free for it.
const post: Tap = {
  of: ({ WorkerInfo }) => WorkerInfo.prototype,
  method: 'postTask',
  before (worker, args) { worker.port[SCOPE] = args[0].runInAsyncScope(here) },
  after (worker) { worker.port[SCOPE] = undefined }
}
const sent: Tap = {
  of: threads => threads.MessagePort.prototype,
  method: 'postMessage',
  before (port, args) {
    const scope: Scope | undefined = port[SCOPE]
    if (scope !== undefined) args[0][CONTEXT] = scope.span === undefined ? null : told(scope.span)
  }
}

const scopeOf = (message: any): Scope | undefined => {
  const context: Remote | null | undefined = message?.[CONTEXT]
  return context == null ? context === null ? NOBODY : undefined : resumed(context)
}
/** A worker that has nothing to do stands still until there is a message, and runs what that says on the spot. */
const taken: Tap = {
  of: threads => threads.isMainThread ? undefined : threads,
  method: 'receiveMessageOnPort',
  after (_, out) {
    const scope = scopeOf(out?.message)
    if (scope !== undefined) enter(scope)
  }
}
/** Else it hears of the message as everybody does. */
const heard: Tap = {
  of: threads => threads.isMainThread ? undefined : threads.MessagePort.prototype,
  method: Symbol.for('nodejs.internal.kHybridDispatch'),
  inside: (_, args) => scopeOf(args[0])
}

export const piscina: Patch = {
  about: 'the context of whoever queued a task, in the worker thread that runs it',
  parts: [
    { module: 'worker_threads', versions: '*', tap: [sent, taken, heard] },
    { module: 'piscina', versions: '>=4.6 <6', file: 'dist/worker_pool/index.js', tap: [post] }
  ]
}
