import { FIELDS } from './fields'
import { one, type Propagator } from './propagator'

// version - trace id - span id - flags; a later version than 00 may go on after a '-' (W3C trace context, level 2).
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/
const LENGTH = 55
const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)
const MEMBER = '[0-9a-z][_0-9a-z\\-*/@]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]'
const TRACESTATE = new RegExp(`^${MEMBER}(?:,${MEMBER}){0,31}$`)
const SAMPLED = 1
const RANDOM = 2

/** W3C trace context, level 2: `traceparent` and `tracestate`. */
export const tracecontext = (): Propagator => ({
  fields: FIELDS.tracecontext,
  inject ({ trace, id }, carrier, set) {
    set(carrier, 'traceparent', `00-${trace.id}-${id}-0${trace.flags}`)
    if (trace.state !== undefined) set(carrier, 'tracestate', trace.state)
  },
  extract ({ traceparent, tracestate }) {
    const text = one(traceparent)
    if (text === undefined || !TRACEPARENT.test(text)) return undefined
    const version = text.slice(0, 2)
    const traceId = text.slice(3, 35)
    const spanId = text.slice(36, 52)
    if (version === 'ff' || (version === '00' && text.length !== LENGTH) || traceId === NO_TRACE || spanId === NO_SPAN) return undefined
    const flags = parseInt(text.slice(53, LENGTH), 16)
    return {
      traceId,
      spanId,
      sampled: (flags & SAMPLED) !== 0,
      random: (flags & RANDOM) !== 0,
      state: tracestate === undefined ? undefined : stateOf(String(tracestate)),
      baggage: undefined
    }
  }
})

/** A `tracestate` without empty members and without white space about its commas; undefined if a member is illegal, or if there are more than 32. */
export function stateOf (header: string): string | undefined {
  if (TRACESTATE.test(header)) return header
  const text = header.split(',').map(member => member.replace(/^[ \t]+/, '').trimEnd()).filter(member => member !== '').join(',')
  return TRACESTATE.test(text) ? text : undefined
}
