import { isText } from '../header'
import { textIn, type Baggage, type Form, type Item } from '../trace/baggage'
import type { Getter, Headers, Setter } from './propagator'

/** Baggage of which each item has a header of its own, whose name begins with `prefix`. */
export function readItems (headers: Headers, prefix: string, form: Form): Item[] {
  const items: Item[] = []
  for (const name in headers) {
    if (name.startsWith(prefix) && headers[name] !== undefined) items.push({ key: name.slice(prefix.length), text: String(headers[name]), form })
  }
  return items
}

/** Write each item into a header of its own. What a header cannot carry is left out, and what is there already stays. */
export function writeItems<C> (baggage: Baggage, prefix: string, form: Form, carrier: C, set: Setter<C>, get: Getter<C> | undefined): void {
  for (const item of baggage) {
    const name = prefix + item.key.toLowerCase()
    const text = textIn(form, item)
    if (isText(text) && get?.(carrier, name) === undefined) set(carrier, name, text)
  }
}
