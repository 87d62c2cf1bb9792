import { isText, isToken } from '../header'

/** How the text of an item is written: `w3c` percent-encoded, properties behind a `;`; `url` as in a form, a plus being a space; `plain` as it is. */
export type Form = 'w3c' | 'url' | 'plain'

/** One item of the baggage. It keeps the text that it came with, so that it goes on, byte for byte, in the format that it came in. */
export interface Item { readonly key: string, readonly text: string, readonly form: Form }

/** What is handed along a trace for the application, in order. A list: no key of a stranger's is ever the key of an object. Never empty. */
export type Baggage = readonly Item[]

// W3C baggage: what every platform must be able to hand on.
const ITEMS = 64
const BYTES = 8192
/** The items that can be handed on (what no header could carry would fail a request of the application's), up to 64 of them and 8,192 bytes; of one key the last. undefined if there is none. */
export function bounded (items: readonly Item[]): Baggage | undefined {
  let bytes = -1
  const kept: Item[] = []
  for (const item of items) {
    if (!isToken(item.key) || !isText(item.text)) continue
    const same = placeOf(kept, item.key)
    const more = size(item) - (same < 0 ? 0 : size(kept[same]))
    if (bytes + more > BYTES || (same < 0 && kept.length === ITEMS)) continue
    bytes += more
    kept[same < 0 ? kept.length : same] = item
  }
  return kept.length === 0 ? undefined : kept
}
function placeOf (items: readonly Item[], key: string): number {
  for (let i = 0; i < items.length; i++) if (items[i].key === key) return i
  return -1
}
/** Bytes in a `baggage` header: the key, '=', the text, and a comma. */
const size = ({ key, text }: Item): number => key.length + text.length + 2

/** Both; of a key that both have, `first`'s. */
export function merged (first: Baggage | undefined, second: Baggage | undefined): Baggage | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const keys = new Set(first.map(item => item.key))
  return bounded([...first, ...second.filter(item => !keys.has(item.key))])
}

/** Whether both say the same, byte for byte. */
export const isSame = (one: Baggage | undefined, other: Baggage | undefined): boolean =>
  one?.length === other?.length && one?.every(({ key, text }, i) => key === other![i].key && text === other![i].text) === true

/** An item's value, for people: decoded, without its properties. */
export function valueOf ({ text, form }: Item): string {
  if (form === 'plain') return text
  return decoded(form === 'url' ? text.replaceAll('+', ' ') : text.split(';', 1)[0].trimEnd())
}

/** An item's text as another format writes it; its own bytes where it came in that format. */
export const textIn = (form: Form, item: Item): string =>
  item.form === form ? item.text : form === 'plain' ? valueOf(item) : encoded(valueOf(item))

/** Percent-encoding undone; a broken one stands for itself. */
export function decoded (text: string): string {
  if (!text.includes('%')) return text
  try { return decodeURIComponent(text) } catch { return text }
}

/** Any text percent-encoded; half a character becomes the sign for what cannot be read. */
export const encoded = (text: string): string => encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
