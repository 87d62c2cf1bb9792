import { bounded, textIn, type Item } from '../trace/baggage'
import type { Propagator } from './propagator'

/** W3C baggage. An item is handed on as it came, its properties included; what exceeds 64 items or 8,192 bytes is cut at an item. */
export const baggage = (): Propagator => ({
  fields: ['baggage'],
  bare: true,
  inject ({ baggage }, carrier, set) {
    if (baggage !== undefined) set(carrier, 'baggage', baggage.map(item => `${item.key}=${textIn('w3c', item)}`).join(','))
  },
  extract ({ baggage: header }) {
    if (header === undefined) return undefined
    const items: Item[] = []
    for (const member of String(header).split(',')) {
      const at = member.indexOf('=')
      if (at > 0) items.push({ key: member.slice(0, at).trim(), text: member.slice(at + 1).trim(), form: 'w3c' })
    }
    const baggage = bounded(items)
    return baggage === undefined ? undefined : { traceId: '', spanId: '', sampled: undefined, random: false, state: undefined, baggage }
  }
})
