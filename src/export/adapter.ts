import { createRequire } from 'node:module'
import { join } from 'node:path'
import { say, messageOf } from '../log'
import { clearTimeout, setTimeout } from '../trace/clock'
import { define } from '../trace/described'
import type { Event, Kind, Span, Status } from '../trace/span'
import { TraceState } from '../trace/state'
import { roomFor, weight } from '../trace/weight'
import type { Exporter, Loss, Tally } from './exporter'
import { eventsOf, outcome } from './outcome'
import { SCHEMA, scopeOf, type Resource } from './resource'

/** OpenTelemetry's `SpanExporter`, as far as we need it. */
interface SpanExporter {
  export (spans: ReadableSpan[], done: (result?: { code: number, error?: Error }) => void): void
  forceFlush? (): Promise<void>
}
type ReadableSpan = ReturnType<typeof readable>

export interface AdapterOptions {
  /** Spans that may wait. */
  queueSize: number
  /** Milliseconds that an export may take; 0: no limit. */
  exportTimeout: number
}

/**
 * A class of OpenTelemetry's interface `SpanExporter`, found in a package of the application: `package`, or `package#Class` where it has several.
 * undefined if there is none; that is said, with `advice`.
 */
export function adapter (name: string, options: AdapterOptions, resource: Resource, tally: Tally, advice: string): Exporter | undefined {
  const exporter = load(name, advice)
  return exporter === undefined ? undefined : new Adapter(name, exporter, options, resource, tally)
}

function load (name: string, advice: string): SpanExporter | undefined {
  const [specifier, wanted] = name.split('#', 2)
  let exports: any
  try {
    // From where the application would find it.
    exports = createRequire(process.argv[1] ?? join(process.cwd(), 'index.js'))(specifier)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException)?.code === 'MODULE_NOT_FOUND' && messageOf(error).includes(`'${specifier}'`)
    say('warn', missing ? advice : `${specifier} cannot be loaded: ${messageOf(error).split('\n', 1)[0]}`)
    return undefined
  }
  try {
    const candidates = wanted === undefined ? [exports, exports.default, ...Object.values(exports)] : [exports[wanted]]
    const found = candidates.find(one => typeof one?.prototype?.export === 'function') ?? candidates.find(one => typeof one?.export === 'function')
    if (found !== undefined) return typeof found === 'function' ? new found() : found
    say('warn', `${name} has no class of OpenTelemetry's interface SpanExporter`)
  } catch (error) { say('warn', `${name} cannot be used: ${messageOf(error).split('\n', 1)[0]}`) }
  return undefined
}

interface Waiting { spans: ReadableSpan[], bytes: number, over: boolean, lost: Loss | undefined }

/** One batch at a time, as the interface demands. */
class Adapter {
  private readonly name: string
  private readonly exporter: SpanExporter
  private readonly options: AdapterOptions
  private readonly resource: { attributes: Resource }
  private readonly tally: Tally
  private readonly waiting: Waiting[] = []
  private current: Waiting | undefined
  private held = 0
  private bytes = 0
  private whenIdle: Array<() => void> = []
  constructor (name: string, exporter: SpanExporter, options: AdapterOptions, resource: Resource, tally: Tally) {
    this.name = name
    this.exporter = exporter
    this.options = options
    this.resource = { attributes: resource }
    this.tally = tally
  }

  export (spans: Span[]): void {
    const batch = { spans: spans.map(span => readable(span, this.resource)), bytes: spans.reduce((bytes, span) => bytes + weight(span), 0), over: false, lost: undefined }
    this.held += spans.length
    this.bytes += batch.bytes
    const { queueSize } = this.options
    if ((this.held > queueSize || this.bytes > roomFor(queueSize)) && this.held > spans.length) {
      return this.done(batch, 'full', this.held > queueSize ? `more than ${queueSize} spans wait for it` : `more than ${roomFor(queueSize) >> 20} MiB wait for it`)
    }
    this.waiting.push(batch)
    this.next()
  }

  get busy (): boolean { return this.held > 0 }

  async idle (): Promise<void> {
    if (this.busy) await new Promise<void>(resolve => { this.whenIdle.push(resolve) })
    try { await this.exporter.forceFlush?.() } catch { /* what it could not send it has said itself */ }
  }

  abandon (): void {
    for (const batch of this.waiting.splice(0)) this.done(batch, 'exit')
    if (this.current !== undefined) this.done(this.current, 'exit')
  }

  /** What it sends it sends by itself: there is nothing that another thread could take over. */
  last (): [] { this.abandon(); return [] }

  private next (): void {
    const batch = this.current === undefined ? this.waiting.shift() : undefined
    if (batch === undefined) return
    this.current = batch
    const { exportTimeout } = this.options
    const timer = exportTimeout === 0
      ? undefined
      : setTimeout(() => this.done(batch, 'expired', `it was not done within ${exportTimeout} ms`), exportTimeout).unref()
    try {
      // It may tell of an error that cannot be looked at, or of nothing at all, and it does so when we are no longer here to catch what that throws.
      this.exporter.export(batch.spans, result => {
        clearTimeout(timer)
        if (result?.code === 0) this.done(batch)
        else this.done(batch, 'failed', messageOf(result?.error ?? 'it does not say why'))
      })
    } catch (error) {
      clearTimeout(timer)
      this.done(batch, 'failed', messageOf(error))
    }
  }

  private done (batch: Waiting, loss?: Loss, why?: string): void {
    const { length } = batch.spans
    if (batch.lost !== undefined && loss === undefined) {
      // It was given up, and has arrived all the same.
      this.tally.dropped[batch.lost] -= length
      this.tally.exported += length
      batch.lost = undefined
    }
    if (batch.over) return
    batch.over = true
    batch.lost = loss
    this.held -= length
    this.bytes -= batch.bytes
    if (loss === undefined) this.tally.exported += length
    else this.tally.dropped[loss] += length
    if (why !== undefined) say('warn', `${this.name} has lost spans: ${why}`)
    if (this.current === batch) this.current = undefined
    this.next()
    if (!this.busy) for (const resolve of this.whenIdle.splice(0)) resolve()
  }
}

const KINDS: Record<Kind, number> = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 }
const CODES: Record<Status['code'], number> = { ok: 1, error: 2 }

/** A span as OpenTelemetry's `ReadableSpan`, of its SDK 1.x and 2.x alike. It holds nothing of ours. */
function readable (span: Span, resource: { attributes: Resource }) {
  const end = outcome(span)
  const context = span.spanContext()
  const { parent, remote, dropped } = span
  const attributes: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(span.attributes)) if (value !== undefined && value !== null) define(attributes, key, value)
  if (end?.type !== undefined) attributes['error.type'] = end.type
  const scope = { ...scopeOf(span.scope), schemaUrl: SCHEMA }
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    parentSpanId: parent === '' ? undefined : parent,
    parentSpanContext: parent === '' ? undefined : { traceId: context.traceId, spanId: parent, traceFlags: context.traceFlags, isRemote: remote },
    startTime: time(span.startedAt),
    endTime: time(span.endedAt),
    duration: time(span.endedAt - span.startedAt),
    ended: true,
    status: { code: end === undefined ? 0 : CODES[end.ok ? 'ok' : 'error'], message: end?.message },
    attributes,
    events: eventsOf(span, end).map(({ name, at, attributes, dropped = 0 }: Event) => ({ name, time: time(at), attributes: attributes ?? {}, droppedAttributesCount: dropped })),
    links: (span.links ?? []).map(({ traceId, spanId, state, attributes, dropped = 0 }) =>
      ({ context: { traceId, spanId, traceFlags: 0, ...(state !== undefined && { traceState: new TraceState(state) }) }, attributes: attributes ?? {}, droppedAttributesCount: dropped })),
    resource,
    instrumentationScope: scope,
    instrumentationLibrary: scope,
    droppedAttributesCount: dropped?.attributes ?? 0,
    droppedEventsCount: dropped?.events ?? 0,
    droppedLinksCount: dropped?.links ?? 0
  }
}

/** Milliseconds -> seconds and nanoseconds. */
function time (millis: number): [number, number] {
  const seconds = Math.floor(millis / 1000)
  return [seconds, Math.round((millis - seconds * 1000) * 1e6)]
}
