/** Attributes of the application's own: any key. */
export type Described = Record<string, unknown>

/** What hangs on a span and has attributes of its own. `dropped`: how many exceeded the limit; left out if none did. */
export interface Part { attributes: Described | undefined, dropped?: number }

/** The part with a copy of what the application gave, without what is no attribute and what exceeds the limit. */
export function describe<P extends Part> (part: P, attributes: Described | undefined, limit: number): P {
  if (attributes === undefined || attributes === null) return part
  const copy: Described = part.attributes = {}
  let room = limit
  for (const key of Object.keys(attributes)) {
    if (!isValue(attributes[key])) continue
    if (room-- > 0) define(copy, key, attributes[key])
    else part.dropped = (part.dropped ?? 0) + 1
  }
  return part
}

/** A text, a number, a truth value, or an array of one of them in which `null` may stand. */
export function isValue (value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const first = value.find(item => item !== null && item !== undefined)
  return value.every(item => item === null || item === undefined || typeof item === typeof first) && (first === undefined || isValue(first)) && !Array.isArray(first)
}

/** `__proto__` is a key like any other. */
export function define (attributes: Described, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true })
  else attributes[key] = Array.isArray(value) ? value.slice() : value
}
