import type { Patch, Tap } from '../src/patch'
import { linked } from './lib/record'

/** Every record passes here, a child's too, before the formats see it. It may be an object of the application's. */
const write: Tap = {
  of: Logger => Logger.prototype,
  method: 'write',
  before (logger, args) {
    if (logger.silent !== true && typeof args[0] === 'object' && args[0] !== null) args[0] = linked(args[0]) ?? args[0]
  }
}

export const winston: Patch = {
  about: 'the ids of the trace in each log record',
  parts: [{ module: 'winston', versions: '>=3 <4', file: 'lib/winston/logger.js', tap: [write] }]
}
