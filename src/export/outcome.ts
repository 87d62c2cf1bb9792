import type { Event, Span } from '../trace/span'
import { typeOf, wordsOf } from '../trace/words'

/** How a span ended, in words. */
export interface Outcome {
  ok: boolean
  /** The description of a failure. */
  message: string | undefined
  /** The `error.type` of a failure; undefined if the span's attributes have one. */
  type: string | undefined
  /** The event `exception`, if it was an error that was thrown. */
  event: Event | undefined
}
const OK: Outcome = { ok: true, message: undefined, type: undefined, event: undefined }

/**
 * What is to be told of a span's end: `span.status` and `span.error`, made into words here and nowhere else. undefined: nothing, it went as it should.
 * Never throws, whatever an error does when it is looked at. An error that is a text is an `error.type` and no more. Of any other it is the `code`,
 * else the name; its message is the description, and it is an event, too (OpenTelemetry: recording-errors, exceptions on spans).
 */
export function outcome (span: Span): Outcome | undefined {
  const { attributes, error, status } = span
  if (error === undefined && status === undefined) return undefined
  if (status?.code === 'ok') return OK
  if (error === undefined) return { ok: false, message: status?.message, type: undefined, event: undefined }
  const isTold = attributes['error.type'] != null
  if (typeof error === 'string') return { ok: false, message: status?.message, type: isTold ? undefined : typeOf(error), event: undefined }
  const { name = typeof error, code, message, stack } = wordsOf(error)
  const known = span.events?.some(({ name, attributes }) => name === 'exception' && attributes?.['exception.message'] === message) === true
  return {
    ok: false,
    message: status?.message ?? message,
    type: isTold ? undefined : code ?? name,
    event: known || (message === undefined && stack === undefined) ? undefined : {
      name: 'exception',
      at: span.endedAt,
      attributes: { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stack }
    }
  }
}

/** A span's events, and that of its failure. */
export const eventsOf = ({ events = [] }: Span, end: Outcome | undefined): readonly Event[] => end?.event === undefined ? events : [...events, end.event]
