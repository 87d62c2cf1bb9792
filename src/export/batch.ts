import { say, messageOf } from '../log'
import { clearTimeout, setImmediate, setTimeout } from '../trace/clock'
import { silently } from '../trace/frame'
import type { Span } from '../trace/span'
import { roomFor, weight } from '../trace/weight'
import type { Counts, Exporter, Last } from './exporter'
import { redact, shorten } from './edit'

export interface BatchOptions {
  exporters: string[]
  /** Milliseconds between two batches. */
  scheduleDelay: number
  /** Spans that may wait. */
  queueSize: number
  /** Spans in a batch, at most. */
  batchSize: number
  /** Characters of an attribute's text, at most; NaN for spans: the same as for anything. */
  attributeLength: number
  spanAttributeLength: number
  /** What is never told. */
  redact: RegExp | undefined
}

/** There should be some, and none could be made. */
const NONE = new Map<string, Exporter>()
/** Milliseconds between two batches for somebody who reads along. */
const READING = 100

/** The bounded queue of ended spans. Nothing but a push happens on the way of a request: spans are encoded when a batch is full or its time has come. */
export class Batch {
  private queue: Span[] = []
  private timer: NodeJS.Timeout | undefined
  private soon = false
  private readonly delay: number
  private readonly room: number
  private readonly bytesRoom: number
  private bytes = 0
  private readonly size: number
  private readonly length: number
  private readonly pattern: RegExp | undefined
  /** Made when the first batch is handed over: to load them is not for the request whose span is the first. */
  private readonly open: () => Map<string, Exporter>
  private exporters: Map<string, Exporter> | undefined
  readonly counts: Counts
  constructor (options: BatchOptions, open: () => Map<string, Exporter>, counts: Counts) {
    this.room = options.queueSize
    this.bytesRoom = roomFor(options.queueSize)
    this.size = Math.min(options.batchSize, options.queueSize)
    this.length = Number.isNaN(options.spanAttributeLength) ? options.attributeLength : options.spanAttributeLength
    this.pattern = options.redact
    this.delay = options.exporters.includes('console') ? Math.min(READING, options.scheduleDelay) : options.scheduleDelay
    this.open = open
    this.counts = counts
  }

  add (span: Span): void {
    const bytes = weight(span)
    const isFull = this.queue.length >= this.room
    if (isFull || this.bytes + bytes > this.bytesRoom) {
      this.counts.full++
      span.release()
      say('warn', `more than ${isFull ? `${this.room} spans wait` : `${this.bytesRoom >> 20} MiB of spans wait`} to be sent; what comes on top is dropped (OTEL_BSP_MAX_QUEUE_SIZE)`)
      return
    }
    this.queue.push(span)
    this.bytes += bytes
    if (this.queue.length >= this.size || this.bytes > this.bytesRoom / 2) {
      if (!this.soon) { this.soon = true; silently(() => setImmediate(() => this.drain()).unref()) }
    } else if (this.timer === undefined) this.timer = silently(() => setTimeout(() => this.drain(), this.delay).unref())
  }

  /** Hand over all that waits, in batches. */
  private drain (): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.soon = false
    const queue = this.queue
    if (queue.length === 0) return
    this.queue = []
    this.bytes = 0
    silently(() => { for (let i = 0; i < queue.length; i += this.size) this.hand(queue.length <= this.size ? queue : queue.slice(i, i + this.size)) })
  }

  private hand (spans: Span[]): void {
    // The pattern first: of what is cut it might not know the rest.
    if (this.pattern !== undefined) for (const span of spans) redact(span, this.pattern)
    if (this.length !== Infinity) for (const span of spans) shorten(span, this.length)
    this.exporters ??= this.opened()
    if (this.exporters === NONE) this.counts.failed += spans.length
    for (const [name, exporter] of this.exporters) this.give(spans, name, exporter)
    for (const span of spans) span.release()
  }

  private opened (): Map<string, Exporter> {
    try { return this.open() } catch (error) {
      say('error', `spans are not exported: ${messageOf(error)}`)
      return NONE
    }
  }

  /** A span that an exporter cannot take is found by halves, so that it takes nobody with it. */
  private give (spans: Span[], name: string, exporter: Exporter): void {
    try { exporter.export(spans) } catch (error) {
      const half = spans.length >> 1
      if (half > 0) {
        this.give(spans.slice(0, half), name, exporter)
        this.give(spans.slice(half), name, exporter)
      } else {
        this.counts.exporters[name].dropped.failed++
        say('warn', `the exporter '${name}' failed: ${messageOf(error)}`)
      }
    }
  }

  private get all (): Exporter[] { return this.exporters === undefined ? [] : [...this.exporters.values()] }

  get busy (): boolean { return this.queue.length > 0 || this.all.some(exporter => exporter.busy) }

  /** Hand over all that waits; settles when the exporters are done with it. See `Exporter.idle`. */
  async flush (hurry = false): Promise<void> {
    this.drain()
    await silently(() => Promise.all(this.all.map(exporter => exporter.idle(hurry))))
  }

  abandon (): void { for (const exporter of this.all) exporter.abandon() }

  /** See `Exporter.last`. */
  last (): Last[] {
    this.drain()
    return silently(() => this.all.flatMap(exporter => exporter.last()))
  }
}
