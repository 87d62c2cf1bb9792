import { bounded, isSame, merged, textIn, type Baggage, type Item } from '../trace/baggage'
import { FIELDS } from './fields'
import type { Propagator } from './propagator'

/** W3C baggage. An item is handed on as it came, its properties included; what exceeds 64 items or 8,192 bytes is cut at an item. */
export const baggage = (): Propagator => ({
  fields: FIELDS.baggage,
  bare: true,
  inject ({ baggage, trace }, carrier, set, get) {
    if (baggage === undefined) return
    // What is there was passed on from the caller, and what the application made of it is newer; or it was written by somebody beside us.
    const there = read(get?.(carrier, 'baggage'))
    const all = isSame(there, trace.entry?.baggage) ? merged(baggage, there)! : merged(there, baggage)!
    set(carrier, 'baggage', all.map(item => `${item.key}=${textIn('w3c', item)}`).join(','))
  },
  extract ({ baggage: header }) {
    const baggage = read(header)
    return baggage === undefined ? undefined : { traceId: '', spanId: '', sampled: undefined, random: false, state: undefined, baggage }
  }
})

function read (header: string | string[] | undefined): Baggage | undefined {
  if (header === undefined) return undefined
  const items: Item[] = []
  for (const member of String(header).split(',')) {
    const at = member.indexOf('=')
    if (at > 0) items.push({ key: member.slice(0, at).trim(), text: member.slice(at + 1).trim(), form: 'w3c' })
  }
  return bounded(items)
}
