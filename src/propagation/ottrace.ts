import { bounded } from '../trace/baggage'
import { readItems, writeItems } from './items'
import { FIELDS } from './fields'
import { idOf, one, type Propagator } from './propagator'

const PREFIX = 'ot-baggage-'
const SAMPLED = new Map([['true', true], ['1', true], ['false', false], ['0', false]])

/** OpenTracing's basic tracer: `ot-tracer-*`, all three or nothing; baggage as `ot-baggage-{key}`. Its readers know 64 bits of a trace id. */
export const ottrace = (): Propagator => ({
  fields: FIELDS.ottrace,
  inject ({ trace, id, baggage }, carrier, set, get) {
    set(carrier, 'ot-tracer-traceid', trace.id.slice(16))
    set(carrier, 'ot-tracer-spanid', id)
    set(carrier, 'ot-tracer-sampled', String(trace.sampled))
    if (baggage !== undefined) writeItems(baggage, PREFIX, 'plain', carrier, set, get)
  },
  extract (headers) {
    const traceId = idOf(one(headers['ot-tracer-traceid']), 32)
    const spanId = idOf(one(headers['ot-tracer-spanid']), 16)
    const sampled = SAMPLED.get(one(headers['ot-tracer-sampled'])?.toLowerCase() ?? '')
    if (traceId === undefined || spanId === undefined || sampled === undefined) return undefined
    return { traceId, spanId, sampled, random: false, state: undefined, baggage: bounded(readItems(headers, PREFIX, 'plain')) }
  }
})
