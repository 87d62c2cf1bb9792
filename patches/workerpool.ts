import { here, type Patch, type Scope, type Tap } from '../src/patch'

/** A task waits in a queue until a worker is free, which another request's answer tells: so it takes its context along, on its arguments. */
const SCOPE = Symbol('autospan.scope')
type Params = unknown[] & { [SCOPE]?: Scope }

const exec: Tap = {
  of: Pool => Pool.prototype,
  method: 'exec',
  before (_, args) {
    if (args[1] != null && !Array.isArray(args[1])) return
    const params: Params = args[1] == null ? [] : args[1].slice()
    params[SCOPE] = here()
    args[1] = params
    if (args.length < 2) args.length = 2
  }
}

/** What is handed along with a message is the context here (see the patch `threads`, which is to come first). */
const post: Tap = {
  of: threads => threads.Worker.prototype,
  method: 'postMessage',
  inside: (_, args) => args[0]?.params?.[SCOPE]
}

export const workerpool: Patch = {
  about: 'the context of whoever queued a task, in the worker thread that runs it',
  parts: [
    { module: 'worker_threads', versions: '*', tap: [post] },
    { module: 'workerpool', versions: '>=6 <11', file: 'src/Pool.js', tap: [exec] }
  ]
}
