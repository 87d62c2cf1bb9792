import type { Baggage } from './baggage'
import { storage, type Scope } from './context'
import { SpanId, TraceId } from './id'
import { SILENT, Span, standIn, Trace, type Library, type Remote, type Values } from './span'

/** What few spans have: the trace's state, their own baggage and values; `startedAt` counts only where the age of a trace does. */
interface Rest { state: string | undefined, baggage: Baggage | undefined, values: Values | undefined, startedAt: number }

let ages = false
/** Whether somebody will ask when a trace began. */
export function rememberAges (yes: boolean): void { ages = yes }

/**
 * What is handed along with the flow for a span. A timer or a promise that the application leaks keeps it for good: so it lets go of the span, and of the trace,
 * when nobody needs them any more, and shows from then on what stands for the span: of the same ids and baggage, ended, the parent of what is begun late.
 */
export class Frame implements Scope {
  /** The span while it lives; then its trace, or only the trace's id, if what follows tells all else of it. */
  private held: Span | Trace | TraceId
  // Of the span that is gone; there is no id while it lives.
  private id: SpanId | undefined = undefined
  private parent: SpanId | undefined = undefined
  private scope: string | Library = ''
  private flags = 0
  private rest: Rest | undefined = undefined
  constructor (span: Span) { this.held = span }

  /** Not kept when it stands for another: it would be leaked, too. */
  get span (): Span { return this.id === undefined ? this.held as Span : this.standIn() }
  get baggage (): Baggage | undefined { return this.id === undefined ? (this.held as Span).baggage : this.rest?.baggage }
  get values (): Values | undefined { return this.id === undefined ? (this.held as Span).values : this.rest?.values }
  /** Milliseconds since the epoch; NaN if it is gone and nobody was to ask. */
  get startedAt (): number { return this.id === undefined ? (this.held as Span).startedAt : this.rest?.startedAt ?? NaN }

  /** Let go of the span. What becomes of its trace is known if it is the trace's entry; else the trace stays, which holds no span. */
  leave (): void {
    if (this.id !== undefined) return
    const span = this.held as Span
    const { trace, spanId, parentId, scope, baggage, values } = span
    this.held = trace.entry === this && isPlain(trace, parentId) ? trace.traceId : trace
    this.id = spanId
    this.parent = parentId
    this.scope = scope
    this.flags = trace.flags
    const { state } = trace
    if (ages || state !== undefined || baggage !== undefined || values !== undefined) this.rest = { state, baggage, values, startedAt: span.startedAt }
  }

  private standIn (): Span {
    const { held, id, parent, scope, flags, rest } = this
    let trace = held as Trace
    if (held instanceof TraceId) {
      trace = new Trace(held, (flags & 1) !== 0, (flags & 2) !== 0, rest?.state)
      trace.caller = parent
      trace.entry = this
    }
    const span = new Span(trace, parent, false, 'internal', scope, rest?.baggage, rest?.values, id)
    span.endedAt = span.startedAt
    span.frame = this
    return span
  }
}

/** Whether the id, the flags and the state of an entry's trace, and the entry's parent, tell all of it. */
const isPlain = ({ sampled, recording, kept, debug, firehose, caller, others }: Trace, parent: SpanId | undefined): boolean =>
  sampled === recording && kept === undefined && !debug && !firehose && caller === parent && others === undefined

/** The one frame of a span. */
export const frameOf = (span: Span): Frame => span.frame ??= new Frame(span)

/** Call `fn` so that nothing it does is traced, nor told to anybody by a header. */
export const silently = <T>(fn: () => T): T => storage.run(frameOf(SILENT), fn)

/** In the flow of this thread, what stands for a span of another (see `told`). */
export function resumed ({ traceId, spanId, sampled, random, state, debug, firehose, baggage }: Remote): Frame {
  const trace = new Trace(TraceId.of(traceId), sampled === true, random === true, state)
  trace.debug = debug === true
  trace.firehose = firehose === true
  return frameOf(standIn(trace, SpanId.of(spanId), false, baggage))
}
