import { keep, type Patch, type Tap } from '../src/patch'

/** What waits for a promise is called by whoever keeps it. */
const then: Tap = {
  of: Q => Q.makePromise.prototype,
  method: 'then',
  before (_, args) { for (let i = 0; i < args.length; i++) args[i] = keep(args[i]) }
}

/** All tasks of a turn are run together. */
const nextTick: Tap = { of: Q => Q, method: 'nextTick', before (_, args) { args[0] = keep(args[0]) } }

export const q: Patch = {
  about: 'the context, into what is done when a promise is settled',
  parts: [{ module: 'q', versions: '>=1.1 <2', file: 'q.js', tap: [then, nextTick] }]
}
