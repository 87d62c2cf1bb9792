import { say } from '../log'
import { elapsed } from '../trace/clock'
import type { Tally } from './exporter'

/** Milliseconds from one outage that is told to the next that may be: a collector that comes and goes all the time does not fill a log. */
const QUIET = 60_000

/** Says that a collector is gone, in a line for each time, and in one that it is back, with what was lost meanwhile. `clock`: milliseconds, as `elapsed`. */
export class Outages {
  private readonly url: string
  private readonly tally: Tally
  private readonly clock: () => number
  private count = 0
  private current: { lostBefore: number, isTold: boolean } | undefined
  private quietUntil = -Infinity
  /** Those since the last that was told, and the spans that were lost in them. */
  private untold = { outages: 0, spans: 0 }
  constructor (url: string, tally: Tally, clock = () => elapsed()) {
    this.url = url
    this.tally = tally
    this.clock = clock
  }

  /** It takes nothing, and `why`; `wayOut` is what can be done about it, and is told once. What is lost by it is not counted yet. */
  begin (why: string, wayOut?: string): void {
    if (this.current !== undefined) return
    this.count++
    const isTold = this.clock() >= this.quietUntil
    this.current = { lostBefore: this.lost(), isTold }
    if (!isTold) return
    this.quietUntil = this.clock() + QUIET
    const { outages, spans } = this.untold
    this.untold = { outages: 0, spans: 0 }
    const before = outages === 0 ? '' : `, after ${outages} that ${outages === 1 ? 'was' : 'were'} not told${spans === 0 ? '' : ` (spans lost: ${spans})`}`
    say('warn', this.count === 1 ? wayOut === undefined ? why : `${why}; ${wayOut}` : `${why}; outage no. ${this.count}${before}`)
  }

  /** It takes what it is sent. */
  over (): void {
    if (this.current === undefined) return
    const { lostBefore, isTold } = this.current
    this.current = undefined
    const spans = this.lost() - lostBefore
    if (isTold) say('info', `${this.url} takes spans again${this.count === 1 ? '' : ` after outage no. ${this.count}`}${spans === 0 ? '' : `; spans lost meanwhile: ${spans}`}`)
    else {
      this.untold.outages++
      this.untold.spans += spans
    }
  }

  private lost (): number { return Object.values(this.tally.dropped).reduce((sum, spans) => sum + spans, 0) }
}
