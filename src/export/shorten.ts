import type { Span } from '../trace/span'

/** Cut the texts among a span's attributes, and those of its events and links, to `length` characters (OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT). */
export function shorten (span: Span, length: number): void {
  cut(span.attributes as Record<string, unknown>, length)
  for (const { attributes } of span.events ?? []) if (attributes !== undefined) cut(attributes, length)
  for (const { attributes } of span.links ?? []) if (attributes !== undefined) cut(attributes, length)
}

function cut (attributes: Record<string, unknown>, length: number): void {
  for (const key in attributes) {
    const value = attributes[key]
    if (typeof value === 'string') { if (value.length > length) attributes[key] = shortened(value, length) }
    else if (Array.isArray(value)) attributes[key] = value.map(item => typeof item === 'string' ? shortened(item, length) : item)
  }
}

/** The first `length` characters, without half of a pair at the end. */
function shortened (text: string, length: number): string {
  const isHalf = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800
  return text.slice(0, isHalf ? length - 1 : length)
}
