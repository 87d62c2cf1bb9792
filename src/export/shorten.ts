import type { Span } from '../trace/span'

/** Cut the texts among a span's attributes, and those of its events and links, to `length` characters (OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT). */
export function shorten (span: Span, length: number): void {
  span.attributes = cut(span.attributes, length)
  for (const event of span.events ?? []) event.attributes = event.attributes && cut(event.attributes, length)
  for (const link of span.links ?? []) link.attributes = link.attributes && cut(link.attributes, length)
}

/** The attributes themselves if none is too long, else a copy. */
function cut<T extends object> (attributes: T, length: number): T {
  let copy: any
  for (const [key, value] of Object.entries(attributes)) {
    const isLong = typeof value === 'string' ? value.length > length : Array.isArray(value) && value.some(item => typeof item === 'string' && item.length > length)
    if (isLong) (copy ??= { ...attributes })[key] = Array.isArray(value) ? value.map(item => typeof item === 'string' ? shortened(item, length) : item) : shortened(value, length)
  }
  return copy ?? attributes
}

/** The first `length` characters, without half of a pair at the end. */
function shortened (text: string, length: number): string {
  const isHalf = text.length > length && (text.charCodeAt(length - 1) & 0xfc00) === 0xd800
  return text.slice(0, isHalf ? length - 1 : length)
}
