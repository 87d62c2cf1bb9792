import { bounded, decoded, encoded, type Item } from '../trace/baggage'
import { DEBUG, FIREHOSE, flagsOf, SAMPLED } from '../trace/flags'
import type { Remote } from '../trace/span'
import { readItems, writeItems } from './items'
import { FIELDS } from './fields'
import { idOf, one, shortest, type Choice, type Headers, type Propagator } from './propagator'

// {trace}:{span}:{parent}:{flags}, hex without need of padding; the parent is not used any more.
const UBER = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]{0,16}:([0-9a-f]{1,2})$/i
const PREFIX = 'uberctx-'
// Characters of a debug id, at most: it is for people.
const LONGEST = 256

/** Jaeger's own: `uber-trace-id`, baggage as `uberctx-{key}`; for people with curl `jaeger-debug-id` and `jaeger-baggage: k1=v1, k2=v2`. */
export const jaeger = ({ trustDebug }: Choice): Propagator => ({
  fields: FIELDS.jaeger,
  inject ({ trace, id, parent, baggage }, carrier, set, get) {
    set(carrier, 'uber-trace-id', `${shortest(trace.id)}:${id}:${parent || '0'}:${flagsOf(trace).toString(16)}`)
    if (baggage !== undefined) writeItems(baggage, PREFIX, 'url', carrier, set, get)
  },
  extract (headers) {
    const remote = identified(one(headers['uber-trace-id']), trustDebug)
    const baggage = bounded(itemsOf(headers))
    const wanted = trustDebug && remote === undefined ? one(headers['jaeger-debug-id']) : undefined
    if (remote === undefined && baggage === undefined && wanted === undefined) return undefined
    if (remote !== undefined) return { ...remote, baggage }
    const debugId = wanted === undefined ? undefined : decoded(wanted).slice(0, LONGEST)
    return { traceId: '', spanId: '', sampled: debugId === undefined ? undefined : true, random: false, state: undefined, baggage, debug: debugId !== undefined, debugId }
  }
})

function identified (text: string | undefined, trustDebug: boolean): Remote | undefined {
  if (text === undefined) return undefined
  const match = UBER.exec(decoded(text))
  if (match === null) return undefined
  const traceId = idOf(match[1], 32)
  const spanId = idOf(match[2], 16)
  if (traceId === undefined || spanId === undefined) return undefined
  const flags = parseInt(match[3], 16)
  const debug = trustDebug && (flags & DEBUG) !== 0
  return { traceId, spanId, sampled: debug || (flags & SAMPLED) !== 0, random: false, state: undefined, debug, firehose: (flags & FIREHOSE) !== 0 }
}

function itemsOf (headers: Headers): Item[] {
  const items = readItems(headers, PREFIX, 'url')
  for (const pair of decoded(one(headers['jaeger-baggage']) ?? '').split(',')) {
    const [key, value, more] = pair.split('=')
    if (value !== undefined && more === undefined) items.push({ key: key.trim().toLowerCase(), text: encoded(value.trim()), form: 'url' })
  }
  return items
}
