import type { Event, Span } from '../trace/span'

/** How a span ended, in words. */
export interface Outcome {
  ok: boolean
  /** The description of a failure. */
  message: string | undefined
  /** The `error.type` of a failure. */
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
  const { error, status } = span
  if (error === undefined && status === undefined) return undefined
  if (status?.code === 'ok') return OK
  if (error === undefined || typeof error === 'string') return { ok: false, message: status?.message, type: error, event: undefined }
  const name = textOf(error, 'name') ?? typeof error
  const message = messageOf(error)
  const stack = textOf(error, 'stack')
  const known = span.events?.some(({ name, attributes }) => name === 'exception' && attributes?.['exception.message'] === message) === true
  return {
    ok: false,
    message: status?.message ?? message,
    type: textOf(error, 'code') ?? name,
    event: known || (message === undefined && stack === undefined) ? undefined : {
      name: 'exception',
      at: span.endedAt,
      attributes: { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stack }
    }
  }
}

function messageOf (error: unknown): string | undefined {
  if (typeof error !== 'object' && typeof error !== 'function') return String(error)
  const own = textOf(error, 'message')
  if (own !== undefined) return own
  // A connection that was tried at several addresses fails with several errors, and without a word of its own.
  try { return textOf((error as AggregateError).errors[0], 'message') } catch { return undefined }
}

/** A property that is a text, and not an empty one. */
function textOf (error: unknown, key: string): string | undefined {
  try {
    const value = (error as any)[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch { return undefined }
}
