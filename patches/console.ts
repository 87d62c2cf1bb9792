import type { Patch, Tap } from '../src/patch'
import { lined } from './lib/record'

/** Only a line that is a JSON object gets the ids: whatever else is printed is meant for people, or for another program. */
const print = (method: string): Tap => ({
  of: console => console,
  method,
  before (_, args) {
    const line = args[0]
    if (args.length === 1 && typeof line === 'string' && line.startsWith('{') && isJson(line)) args[0] = lined(line) ?? line
  }
})
function isJson (line: string): boolean {
  try { JSON.parse(line); return true } catch { return false }
}

export const console: Patch = {
  about: 'the ids of the trace in each line that is a JSON object; on demand',
  onDemand: true,
  parts: [{ module: 'console', versions: '*', tap: ['debug', 'error', 'info', 'log', 'warn'].map(print) }]
}
