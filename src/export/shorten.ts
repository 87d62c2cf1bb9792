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
    const isLong = (item: unknown): item is string => typeof item === 'string' && item.length > length
    if (isLong(value)) (copy ??= { ...attributes })[key] = shortened(value, length)
    else if (Array.isArray(value) && value.some(isLong)) (copy ??= { ...attributes })[key] = value.map(item => isLong(item) ? shortened(item, length) : item)
  }
  return copy ?? attributes
}

/** The first `length` characters, without half of a pair at the end. */
function shortened (text: string, length: number): string {
  const isHalf = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800
  return text.slice(0, isHalf ? length - 1 : length)
}
