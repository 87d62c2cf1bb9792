import { say, messageOf } from '../log'
import { clearTimeout, elapsed, setTimeout } from '../trace/clock'
import { roomFor } from '../trace/weight'
import type { Answer, Destination, Landing, Last, Loss, Parcel, Problem, Tally } from './exporter'
import { Outages } from './outages'
import { insist, isPacket, isRefused, lineTo, type Line } from './send'
import type { Spool } from './spool'

export interface TransportOptions {
  /** Spans that may wait here, at most. */
  queueSize: number
  /** Milliseconds that a batch may take with all its retries; 0: no limit. */
  exportTimeout: number
}
/** How many spans of a batch that was accepted the answer says are rejected, and why. */
export type Reader = (answer: Answer) => { rejected: number, why: string } | undefined

/** Answers after which the same batch may be sent again (OTLP); so may one that got no answer. */
const RETRYABLE = new Set([429, 502, 503, 504])
/** Batches on their way at once; packets go one by one, for the socket of an agent holds but a few, and what it cannot hold is lost without a word. */
const SOCKETS = 4
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000
/** What a collector asks for is kept to, within these: it may be back sooner than it thought, and may not be asked without a pause. */
const SHORTEST_ASKED = 100
const LONGEST_ASKED = 300_000
/** The most that a request may be (OpenTelemetry: OTLP exporter). */
const LARGEST = 64 << 20

/** `until`: by `elapsed`, which no setting of the clock moves. `file`: it comes from the spool, and so it is neither held here nor lost if it is not sent now. */
interface Waiting extends Parcel { until: number, over: boolean, file: string | undefined }

/** Brings encoded batches to one address: several at once while all is well, one at a time with growing pauses while it is not. */
export class Transport {
  private readonly to: Destination
  private readonly tally: Tally
  private readonly read: Reader
  /** What to do if nobody is there. */
  private readonly wayOut: string
  private readonly room: number
  private readonly bytesRoom: number
  private readonly patience: number
  private readonly line: Line
  private readonly spool: Spool | undefined
  private readonly waiting: Waiting[] = []
  private readonly flying = new Set<Waiting>()
  private held = 0
  private bytes = 0
  /** Attempts that failed since the last that did not. */
  private failures = 0
  /** The last one had no answer, and nobody said at once that there would be none. */
  private isSlow = false
  private pause: NodeJS.Timeout | undefined
  /** When the pause is over, by `elapsed`. */
  private resumesAt = 0
  private hurried = false
  private readonly outages: Outages
  private readonly told = new Set<string>()
  private whenIdle: Array<() => void> = []
  constructor (to: Destination, { queueSize, exportTimeout }: TransportOptions, tally: Tally, wayOut: string, read: Reader = () => undefined, spool?: Spool) {
    this.to = to
    this.tally = tally
    this.read = read
    this.wayOut = wayOut
    this.room = queueSize
    this.bytesRoom = roomFor(queueSize)
    this.patience = exportTimeout === 0 ? Infinity : exportTimeout
    this.line = lineTo(to)
    this.outages = new Outages(to.url, tally)
    this.spool = spool
  }

  /** Throws if it is more than one request may be, and may be given in parts. */
  take (body: Uint8Array, spans: number): void {
    if (body.length > LARGEST && spans > 1) throw new RangeError(`a batch may have ${LARGEST >> 20} MiB`)
    const parcel = { to: this.to, body, spans, until: elapsed() + this.patience, over: false, file: undefined }
    this.held += spans
    this.bytes += body.length
    if (this.held > this.room && this.held > spans) return this.drop(parcel, 'full', `more than ${this.room} spans wait for it`)
    if (this.bytes > this.bytesRoom && this.held > spans) return this.drop(parcel, 'full', `more than ${this.bytesRoom >> 20} MiB wait for it`)
    if (body.length > LARGEST) return this.drop(parcel, 'large', 'a batch may have 64 MiB (OTEL_BSP_MAX_EXPORT_BATCH_SIZE, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)')
    if (this.pause !== undefined && this.kept(parcel)) return
    this.waiting.push(parcel)
    this.next()
  }

  get busy (): boolean { return this.held > 0 }

  idle (hurry: boolean): Promise<void> {
    if (!this.busy) return Promise.resolve()
    if (hurry) this.hurried = true
    // Nor is a pause for which the collector asked waited for if it is longer than anything that waits has time.
    if (hurry || (this.pause !== undefined && this.resumesAt > elapsed() + this.patience)) this.resume()
    return new Promise(resolve => { this.whenIdle.push(resolve) })
  }

  abandon (): void {
    for (const parcel of [...this.waiting.splice(0), ...this.flying]) this.drop(parcel, 'exit')
    this.line.close()
  }

  /** It has taken spans, and nothing has failed since. */
  private get isThere (): boolean { return this.failures === 0 && this.tally.exported > 0 }

  /**
   * What has not been acknowledged: it is sent again, for a collector prefers a span twice to none (OTLP). Nothing, if it would only take time: there was no
   * answer lately, or nobody has ever been there.
   */
  last (): Last[] {
    const insists = this.isThere
    if (this.failures > 0 && (this.isSlow || this.tally.exported === 0)) this.abandon()
    this.hurried = true
    for (const parcel of this.flying) if (parcel.file !== undefined) this.drop(parcel, 'exit')
    return [...this.waiting.splice(0), ...this.flying].filter(({ over }) => !over).map(parcel => {
      const { to, body, spans } = parcel
      return { parcel: { to, body, spans }, insists, landed: landing => this.landed(parcel, landing) }
    })
  }

  private resume (): void {
    clearTimeout(this.pause)
    this.pause = undefined
    this.next()
  }

  private next (): void {
    while (this.pause === undefined && this.flying.size < (this.failures > 0 || isPacket(this.to) ? 1 : SOCKETS)) {
      const parcel = this.waiting.shift() ?? (this.hurried ? undefined : this.spooled())
      if (parcel === undefined) return
      void this.fly(parcel)
    }
  }

  private spooled (): Waiting | undefined {
    const taken = this.spool?.take()
    return taken === undefined ? undefined : { ...taken, to: this.to, until: Infinity, over: false }
  }

  /** Whether it is in the spool now, or still is: then it is not ours to keep. */
  private kept (parcel: Waiting): boolean {
    if (this.spool === undefined) return false
    if (parcel.file !== undefined) this.spool.back(parcel.file)
    else if (!this.spool.put(parcel.body, parcel.spans)) return false
    this.release(parcel)
    return true
  }

  private async fly (parcel: Waiting): Promise<void> {
    this.flying.add(parcel)
    const limit = Math.min(this.to.timeout || Infinity, Math.max(Math.ceil(parcel.until - elapsed()), 1))
    let landing = await this.line.send(parcel.body, limit)
    if (this.hurried && this.isThere && isRefused(landing)) landing = await insist(this.line, parcel.body, limit)
    this.isSlow = 'problem' in landing && !isRefused(landing)
    this.flying.delete(parcel)
    // A throw from here would be a rejection that nobody catches: the end of the application.
    try { if (!parcel.over) this.landed(parcel, landing) } catch (error) { this.drop(parcel, 'failed', messageOf(error)) }
    this.next()
  }

  private landed (parcel: Waiting, landing: Landing): void {
    if ('problem' in landing) {
      this.outages.begin(absence(this.to.url, landing.problem), this.wayOut)
      this.again(parcel, undefined)
    } else if (landing.answer.status >= 200 && landing.answer.status < 300) this.arrived(parcel, landing.answer)
    else if (RETRYABLE.has(landing.answer.status)) this.again(parcel, landing.answer)
    else {
      this.failures = 0
      this.drop(parcel, 'refused', `it answered ${told(landing.answer)}`, String(landing.answer.status))
    }
  }

  private arrived (parcel: Waiting, answer: Answer): void {
    this.outages.over()
    this.failures = 0
    const partly = this.read(answer)
    const rejected = Math.min(partly?.rejected ?? 0, parcel.spans)
    const what = rejected > 0 ? `rejected ${rejected} of ${parcel.spans} spans` : 'has a warning'
    if (partly !== undefined) this.tell('partly', `${this.to.url} ${what}: ${line(partly.why)}`)
    this.tally.exported += parcel.spans - rejected
    this.tally.dropped.rejected += rejected
    if (parcel.file !== undefined) this.spool!.remove(parcel.file)
    this.release(parcel)
  }

  private again (parcel: Waiting, answer: Answer | undefined): void {
    // Batches that were under way at once have met one failure, and not one each.
    if (this.pause === undefined) this.failures++
    const pause = (answer === undefined ? undefined : asked(answer)) ??
      Math.min(FIRST_PAUSE * 2 ** (this.failures - 1), LONGEST_PAUSE) * (0.5 + Math.random() / 2)
    if (this.hurried) return this.expire(parcel, answer)
    if (this.pause === undefined) {
      this.pause = setTimeout(() => this.resume(), pause).unref()
      this.resumesAt = elapsed() + pause
    }
    if (!this.kept(parcel)) this.waiting.unshift(parcel)
    for (const one of this.waiting.splice(0)) {
      if (one.until >= this.resumesAt) this.waiting.push(one)
      else this.expire(one, answer)
    }
  }

  /** It is not tried again, or could not be in time. */
  private expire (parcel: Waiting, answer: Answer | undefined): void {
    if (this.kept(parcel)) return
    if (answer !== undefined) this.outages.begin(`spans for ${this.to.url} are dropped: it answered ${told(answer)}`)
    this.drop(parcel, 'expired')
  }

  /** `why` is said once for each `topic`. */
  private drop (parcel: Waiting, loss: Loss, why?: string, topic: string = loss): void {
    if ((loss === 'full' || loss === 'exit') && this.kept(parcel)) return
    if (parcel.file !== undefined) this.spool!.remove(parcel.file)
    this.tally.dropped[loss] += parcel.spans
    if (why !== undefined) this.tell(topic, `spans for ${this.to.url} are dropped: ${why}`)
    this.release(parcel)
  }

  /** One line for each topic, however its words may vary. */
  private tell (topic: string, words: string): void {
    if (this.told.has(topic)) return
    this.told.add(topic)
    say('warn', words)
  }

  private release (parcel: Waiting): void {
    parcel.over = true
    if (parcel.file !== undefined) return
    this.held -= parcel.spans
    this.bytes -= parcel.body.length
    if (this.busy) return
    this.hurried = false
    for (const resolve of this.whenIdle.splice(0)) resolve()
  }
}

/** A date as HTTP has it begins with the day of the week; Date.parse would make one of nearly anything. */
const DATE = /^[A-Z][a-z]+, /
/** Milliseconds that the collector asks us to wait: seconds, or a date. */
function asked ({ retryAfter }: Answer): number | undefined {
  if (retryAfter === undefined) return undefined
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : DATE.test(retryAfter) ? Date.parse(retryAfter) - Date.now() : NaN
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, SHORTEST_ASKED), LONGEST_ASKED)
}

const absence = (url: string, { code, message }: Problem): string =>
  code === 'ECONNREFUSED' ? `nobody listens at ${url}` : `${url} cannot be reached (${line(message) || code})`

/** What others say, in one line that is not too long. */
const line = (words: string): string => words.replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ').trim().slice(0, 200)

/** An answer in one line: its status, and the words in it, if they are words. */
function told ({ status, type = '', body }: Answer): string {
  const words = /json|text/.test(type) ? line(Buffer.from(body).toString('utf8', 0, 1000)) : ''
  return words === '' ? String(status) : `${status} (${words})`
}
