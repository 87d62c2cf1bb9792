import type { Propagator } from './propagator'

// Version ff is invalid; an all-zero id is invalid; version 00 ends after its flags, a later version may go on after a '-' (W3C trace context, level 2).
const TRACEPARENT = /^(?:00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})|(?!00|ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?)$/
const MEMBER = /^[0-9a-z][_0-9a-z\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const SAMPLED = 1
const RANDOM = 2

/** W3C trace context, level 2: `traceparent` and `tracestate`. */
export const tracecontext: Propagator = {
  fields: ['traceparent', 'tracestate'],
  inject ({ trace, id }, carrier, set) {
    set(carrier, 'traceparent', `00-${trace.id}-${id}-0${(trace.sampled ? SAMPLED : 0) | (trace.random ? RANDOM : 0)}`)
    if (trace.state !== undefined) set(carrier, 'tracestate', trace.state)
  },
  extract ({ traceparent, tracestate }) {
    const match = typeof traceparent === 'string' && traceparent.length < 1024 ? TRACEPARENT.exec(traceparent.trim()) : null
    if (match === null) return undefined
    const flags = parseInt(match[3] ?? match[6], 16)
    return {
      traceId: match[1] ?? match[4],
      spanId: match[2] ?? match[5],
      sampled: (flags & SAMPLED) !== 0,
      random: (flags & RANDOM) !== 0,
      state: tracestate === undefined ? undefined : stateOf(String(tracestate))
    }
  }
}

/** A `tracestate` with its empty members and the white space about its commas gone; undefined if one member is illegal or there are more than 32. */
function stateOf (header: string): string | undefined {
  if (header.length > 32 * 513) return undefined
  const members = header.split(',').map(member => member.replace(/^[ \t]+|[ \t]+$/g, '')).filter(member => member !== '')
  const keys = new Set(members.map(member => member.slice(0, member.indexOf('='))))
  const legal = members.length > 0 && members.length <= 32 && keys.size === members.length && members.every(member => MEMBER.test(member))
  return legal ? members.join(',') : undefined
}
