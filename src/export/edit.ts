import { define, type Described } from '../trace/described'
import type { Span } from '../trace/span'
import { wordsOf } from '../trace/words'

// What is done to spans before they are exported, by whatever exporter.

/** Cut the texts among a span's attributes, and those of its events, its links and its error, to `length` characters (OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT). */
export function shorten (span: Span, length: number): void {
  change(span, value => typeof value === 'string' && value.length > length ? shortened(value, length) : value)
}

/** The first `length` characters, without half of a pair at the end. */
function shortened (text: string, length: number): string {
  const isHalf = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800
  return text.slice(0, isHalf ? length - 1 : length)
}

/** Characters of a text that a pattern is looked for in; what comes behind them is not told. */
const REACH = 16_384

/** Put REDACTED in the place of all that `pattern`, which is global, matches in what a span says: names, texts, numbers (AUTOSPAN_REDACT). */
export function redact (span: Span, pattern: RegExp): void {
  const hidden = (text: string): string => (text.length > REACH ? text.slice(0, REACH) : text).replace(pattern, 'REDACTED')
  change(span, value => {
    if (typeof value === 'string') return hidden(value)
    const text = String(value)
    const told = hidden(text)
    return told === text ? value : told
  })
  span.name = hidden(span.name)
  const { status, events, error } = span
  if (status?.message !== undefined) span.status = { code: status.code, message: hidden(status.message) }
  if (events !== undefined) for (const event of events) event.name = hidden(event.name)
  if (typeof error === 'string') span.error = hidden(error)
}

type Plain = string | number | boolean

/** Put something else in the place of each value. */
function change (span: Span, by: (value: Plain) => Plain): void {
  const { events, links, error } = span
  span.attributes = changed(span.attributes as Described, by) as Span['attributes']
  if (events !== undefined) for (const event of events) event.attributes = event.attributes && changed(event.attributes, by)
  if (links !== undefined) for (const link of links) link.attributes = link.attributes && changed(link.attributes, by)
  if (error !== undefined && typeof error !== 'string') {
    const words = wordsOf(error)
    span.error = changed({ ...words, name: words.name ?? typeof error }, by)
  }
}

/** The attributes themselves if nothing of them changes, else a copy. */
function changed (attributes: Described, by: (value: Plain) => Plain): Described {
  let copy: Described | undefined
  for (const key in attributes) {
    const value = attributes[key]
    const other = Array.isArray(value) ? value.map(item => isPlain(item) ? by(item) : item) : isPlain(value) ? by(value) : value
    if (Array.isArray(other) ? other.some((item, i) => item !== (value as unknown[])[i]) : other !== value) define(copy ??= { ...attributes }, key, other)
  }
  return copy ?? attributes
}
const isPlain = (value: unknown): value is Plain => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
