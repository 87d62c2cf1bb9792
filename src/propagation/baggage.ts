import type { Propagator } from './propagator'

const MEMBERS = 64
const BYTES = 8192

/** W3C baggage. The header is handed on as it came, properties included; what exceeds 64 members or 8,192 bytes is cut at a member. */
export const baggage: Propagator = {
  fields: ['baggage'],
  inject (span, carrier, set) {
    if (span.baggage !== undefined) set(carrier, 'baggage', span.baggage)
  },
  extract ({ baggage }) {
    const header = Array.isArray(baggage) ? baggage.join(',') : baggage
    // What another header could not carry again is dropped: a request of the application must not fail by it.
    if (header === undefined || !/^[\t\x20-\x7e]*=[\t\x20-\x7e]*$/.test(header)) return undefined
    return { baggage: bounded(header) }
  }
}

function bounded (header: string): string | undefined {
  if (header.length <= BYTES && count(header) <= MEMBERS) return header
  let bytes = -1
  const kept = header.split(',', MEMBERS).filter(member => (bytes += member.length + 1) <= BYTES)
  return kept.length === 0 ? undefined : kept.join(',')
}

function count (header: string): number {
  let members = 1
  for (let at = header.indexOf(','); at >= 0; at = header.indexOf(',', at + 1)) members++
  return members
}
