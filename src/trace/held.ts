import type { Span, Trace } from './span'
import { weight } from './weight'

/** What is worth to be kept of what the sampler did not choose. */
export interface Keep {
  /** A trace of which a span failed. */
  errors: boolean
  /** A trace whose first span in this process took so many milliseconds; Infinity: none for that. */
  slow: number
}

/** What became of ended spans that were not sampled. `lost`: there was no room for them to wait. */
export const counts = { kept: 0, passed: 0, lost: 0 }

/**
 * Between the end of spans and `send`: those of a trace that is not sampled wait until its first span in this process has ended. They are sent if one of them
 * failed (then at once, that a process which dies of it tells of it) or if that first span was slow; what ends later follows. No more than `spans` of them
 * wait, nor more than about `bytes`; then the oldest trace loses what it has here, and `full` is told.
 */
export class Held {
  private readonly waiting = new Map<Trace, { spans: Span[], bytes: number }>()
  /** Spans that wait. */
  count = 0
  private bytes = 0
  private readonly keep: Keep
  private readonly room: { spans: number, bytes: number }
  private readonly send: (span: Span) => void
  private readonly full: () => void
  constructor (keep: Keep, room: { spans: number, bytes: number }, send: (span: Span) => void, full: () => void) {
    this.keep = keep
    this.room = room
    this.send = send
    this.full = full
  }

  add (span: Span): void {
    const { trace } = span
    const { isEntry } = span
    if (!trace.sampled && trace.kept === undefined) {
      if (this.keep.errors && hasFailed(span)) trace.kept = 'error'
      else if (!isEntry) return this.hold(span)
      else if (span.endedAt - span.startedAt >= this.keep.slow) trace.kept = 'slow'
      else trace.recording = false
    }
    if (this.waiting.has(trace)) this.settle(trace)
    this.go(span)
  }

  /** It is known now what becomes of a trace. */
  settle (trace: Trace): void {
    for (const span of this.taken(trace)) this.go(span)
  }

  private go (span: Span): void {
    const { kept, sampled } = span.trace
    if (sampled) return this.send(span)
    if (kept === undefined) {
      counts.passed++
      return span.release()
    }
    counts.kept++
    span.attributes = { ...span.attributes, 'autospan.keep': kept }
    this.send(span)
  }

  private hold (span: Span): void {
    const bytes = weight(span)
    const held = this.waiting.get(span.trace)
    if (held === undefined) this.waiting.set(span.trace, { spans: [span], bytes })
    else {
      held.spans.push(span)
      held.bytes += bytes
    }
    this.bytes += bytes
    this.count++
    while (this.count > this.room.spans || this.bytes > this.room.bytes) {
      const [oldest] = this.waiting.keys()
      for (const span of this.taken(oldest)) {
        counts.lost++
        span.release()
      }
      this.full()
    }
  }

  /** What waits of a trace, which waits no more. */
  private taken (trace: Trace): Span[] {
    const held = this.waiting.get(trace)
    if (held === undefined) return []
    this.waiting.delete(trace)
    this.bytes -= held.bytes
    this.count -= held.spans.length
    return held.spans
  }
}

/** As exporters will say of it. */
const hasFailed = ({ error, status }: Span): boolean => status === undefined ? error !== undefined : status.code === 'error'
