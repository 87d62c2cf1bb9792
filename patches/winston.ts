import type { Patch, Tap } from '../src/patch'
import { fieldsFor, type Fields } from './lib/record'

const prototype: Tap['of'] = Logger => Logger.prototype

/** Fields for records that wait for the formats: another record, or a slow transport, may be before them. */
const waiting = new WeakMap<object, Fields>()

/** Every record passes here, a child's too, before the formats see it. It may be an object of the application's. */
const write: Tap = {
  of: prototype,
  method: 'write',
  before (logger, args) {
    const [record] = args
    if (logger.silent === true || typeof record !== 'object' || record === null) return
    const fields = fieldsFor(record)
    if (fields === undefined) return
    if (Object.getPrototypeOf(record) === Object.prototype) args[0] = Object.assign({}, record, fields)
    else if (Object.isExtensible(record)) waiting.set(record, fields)
  }
}

/** What is no plain object (an error, a class with private fields) cannot be copied: it has the fields while the formats and the transports look at it. */
const transform: Tap = {
  of: prototype,
  method: '_transform',
  before (_, [record]) { Object.assign(record, waiting.get(record)) },
  after (_, _out, [record]) {
    for (const name in waiting.get(record)) delete record[name]
    waiting.delete(record)
  }
}

export const winston: Patch = {
  about: 'the ids of the trace in each log record',
  parts: [{ module: 'winston', versions: '>=3 <4', file: 'lib/winston/logger.js', tap: [write, transform] }]
}
