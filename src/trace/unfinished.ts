import { now } from './clock'
import type { Span } from './span'

/**
 * The recorded spans that have begun and not ended, from the oldest to the newest: for the end of the process, which may not wait for theirs.
 * A list through the spans themselves: to be in it costs a request some nanoseconds a span, and a span that has ended holds no other.
 */
let oldest: Span | undefined
let newest: Span | undefined

/** A span that is never ended would stay forever: beyond this many the oldest are no longer looked after. */
const MOST = 10_000
/** Nothing until the first span, and so that one is noticed at no cost to the others. */
let room = 0
/** `open`: spans in the list. `forgotten`: those that had to leave it; whoever ends them is heard all the same. */
export const counts = { open: 0, forgotten: 0 }

let first: () => void = () => {}
/** `fn` is called when the first span begins. */
export function atFirst (fn: () => void): void { first = fn }

/** A span has begun. */
export function opened (span: Span): void {
  if (counts.open === room) makeRoom()
  span.older = newest
  if (newest === undefined) oldest = span
  else newest.newer = span
  newest = span
  counts.open++
}

function makeRoom (): void {
  if (room === 0) {
    room = MOST
    return first()
  }
  counts.forgotten++
  closed(oldest!)
}

/** A span has ended. */
export function closed (span: Span): void {
  const { older, newer } = span
  if (newer !== undefined) newer.older = older
  else if (newest === span) newest = older
  else return
  if (older !== undefined) older.newer = newer
  else oldest = newer
  span.older = span.newer = undefined
  counts.open--
}

/** Who is told of an error that nobody has caught, when it comes to that. */
export const uncaught = new Set<(error: unknown) => void>()
/** Who is told that the process ends, after the application has been. */
export const endings = new Set<() => void>()

/** The process ends, and with it every span, the newest first: a child before the request it belongs to. What was there when it crashed has failed. */
export function finish (crash: { error: unknown, at: number } | undefined): void {
  // To ask for the time loads what tells it.
  const at = newest === undefined ? 0 : now()
  for (let span = newest; span !== undefined; span = newest) {
    span.attributes = { ...span.attributes, 'autospan.unfinished': true }
    if (crash !== undefined && span.startedAt <= crash.at) span.fail(crash.error)
    span.end(at)
    closed(span)
  }
}
