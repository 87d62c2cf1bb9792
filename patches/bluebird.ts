import { keep, type Patch, type Tap } from '../src/patch'

/** Every handler passes here when it is given, for it may have a domain to go back to: it is called by whoever empties bluebird's queue. */
const handler: Tap = {
  of: util => util,
  method: 'contextBind',
  before (_, args) { args[1] = keep(args[1]) }
}

/** A coroutine is stepped by whoever keeps the promise that it waits for. */
const coroutine: Tap = {
  of: Bluebird => Bluebird,
  method: 'coroutine',
  before (_, args) {
    const generator = args[0]
    if (typeof generator !== 'function') return
    args[0] = function () {
      const steps = generator.apply(this, arguments)
      for (const step of ['next', 'throw', 'return']) steps[step] = keep(steps[step])
      return steps
    }
  }
}

export const bluebird: Patch = {
  about: 'the context, into what is done when a promise is settled',
  parts: [
    { module: 'bluebird', versions: '>=3.7 <4', file: 'js/release/util.js', tap: [handler] },
    { module: 'bluebird', versions: '>=3.7 <4', file: 'js/release/bluebird.js', tap: [coroutine] }
  ]
}
