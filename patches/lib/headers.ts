import { redacted, type Attributes, type Captured } from '../../src/patch'

/** Tell of those headers of a carrier that the settings name, as lists of texts (semconv http 1.44); of URLs in them without their secrets. */
export function capture<C> (attributes: Attributes, wanted: readonly Captured[], carrier: C, get: (carrier: C, name: string) => unknown): void {
  for (const { name, key } of wanted) {
    const value = get(carrier, name)
    if (value !== undefined) attributes[key] = (Array.isArray(value) ? value : [value]).map(text => redacted(String(text)))
  }
}

/** Of a message that was received: no name that every object has is a header. */
export const received = (headers: Record<string, unknown>, name: string): unknown => Object.hasOwn(headers, name) ? headers[name] : undefined

/** Of a response, by the head that was sent: `writeHead` may have been the first to hear of it. */
export function sent ({ _header: head }: { _header?: string | null }, name: string): string[] | undefined {
  const found = (head ?? '').split('\r\n').filter(line => line.charAt(name.length) === ':' && line.slice(0, name.length).toLowerCase() === name)
  return found.length === 0 ? undefined : found.map(line => line.slice(name.length + 1).trim())
}

/** Of names and values in turn, as bytes. */
export function raw (headers: readonly Uint8Array[], name: string): string[] | undefined {
  const found: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) if (headers[i].length === name.length && String(headers[i]).toLowerCase() === name) found.push(String(headers[i + 1]))
  return found.length === 0 ? undefined : found
}
