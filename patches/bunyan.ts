import type { Patch, Tap } from '../src/patch'
import { fieldsFor } from './lib/record'

/** Every record passes here, made anew for each call. */
const emit: Tap = { of: Logger => Logger.prototype, method: '_emit', before (_, [record]) { Object.assign(record, fieldsFor(record)) } }

export const bunyan: Patch = {
  about: 'the ids of the trace in each log record',
  parts: [{ module: 'bunyan', versions: '>=1 <3', file: 'lib/bunyan.js', tap: [emit] }]
}
