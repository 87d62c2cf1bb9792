import { bounded, encoded, valueOf, type Baggage as Items, type Item } from '../trace/baggage'

/** An entry of OpenTelemetry's Baggage. */
export interface Entry { value: string, metadata?: { toString (): string } }

/** Baggage as OpenTelemetry's API has it: immutable. */
export class Baggage {
  private readonly entries: ReadonlyMap<string, Entry>
  constructor (entries: ReadonlyMap<string, Entry>) { this.entries = entries }
  getEntry (key: string): Entry | undefined { return this.entries.get(key) }
  getAllEntries (): Array<[string, Entry]> { return [...this.entries] }
  setEntry (key: string, entry: Entry): Baggage { return new Baggage(new Map(this.entries).set(key, entry)) }
  removeEntry (key: string): Baggage { return this.removeEntries(key) }
  removeEntries (...keys: string[]): Baggage { return new Baggage(new Map([...this.entries].filter(([key]) => !keys.includes(key)))) }
  clear (): Baggage { return new Baggage(new Map()) }
}

/** What is handed along, as the API shows it. */
export const shown = (items: Items): Baggage => new Baggage(new Map(items.map(item => {
  const cut = item.form === 'w3c' ? item.text.indexOf(';') : -1
  const metadata = item.text.slice(cut + 1).trim()
  return [item.key, cut < 0 ? { value: valueOf(item) } : { value: valueOf(item), metadata: { toString: () => metadata } }]
})))

/** A Baggage of any copy of the API, as it is handed along; undefined if there is nothing in it that can be. Never throws: anybody can make one. */
export function handed (baggage: Pick<Baggage, 'getAllEntries'>): Items | undefined {
  try { return bounded(baggage.getAllEntries().flatMap(itemOf)) } catch { return undefined }
}

/** An entry; none, if it cannot be looked at. */
function itemOf (entry: [string, Entry]): Item[] {
  try {
    const [key, { value, metadata }] = entry
    return [{ key: String(key), text: encoded(String(value)) + (metadata === undefined || metadata === null ? '' : `;${metadata.toString()}`), form: 'w3c' }]
  } catch { return [] }
}

/** Never throws. */
export function isBaggage (value: unknown): value is Baggage {
  try { return typeof (value as Baggage | undefined)?.getAllEntries === 'function' } catch { return false }
}
