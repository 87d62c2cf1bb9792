import type { Patch, Tap } from '../src/patch'
import { lined } from './lib/record'

/** Every record becomes a line here, with the application's bindings, mixin, formatters and serializers in it, before any stream or transport. */
const asJson: Tap = {
  of: tools => tools,
  method: 'asJson',
  // At the top, also where a `nestedKey` puts what was logged a level deeper.
  answers: (_, line) => lined(line)
}

export const pino: Patch = {
  about: 'the ids of the trace in each log record',
  parts: [{ module: 'pino', versions: '>=6 <11', file: 'lib/tools.js', tap: [asJson] }]
}
