import { executionAsyncResource } from 'node:async_hooks'
import type os from 'node:os'
import { say } from '../log'
import { clearTimeout, now, setImmediate, setTimeout } from '../trace/clock'
import { mimic } from '../trace/context'
import { atFirst, endings, finish, uncaught } from '../trace/unfinished'
import type { Batch } from './batch'
import { losses, type Counts } from './exporter'

/** Milliseconds that the end of the process may be held up by a collector that does not answer: a second, with what else there is to do. */
const LIMIT = 900
const SIGNALS: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/** An error that nobody has caught, and when, in milliseconds since the epoch. */
interface Crash { error: unknown, at: number }

/**
 * The last flush. When the program has nothing left to do, what is here is sent before it hears of that; it waits no longer than the limit.
 * When it ends on the spot (process.exit(), an uncaught exception, with `bySignals` a signal for which it has no listener) the spans that are still open
 * end as unfinished, another thread sends, and this one waits for it, no longer than the limit. What is lost by then is said.
 * `trustsAll`: whether Node itself verifies no server by then.
 * Neither the exit code nor the signal nor anything that the application sees of its listeners is touched: there is none of ours among them.
 */
export function watchEnd (batch: () => Batch | undefined, counts: Counts, bySignals: boolean, trustsAll: () => boolean): void {
  let crash: Crash | undefined
  let held = false

  /** Keep the loop alive until what waits is away: then Node emits 'beforeExit' again. False if nothing waits. */
  function hold (): boolean {
    const waiting = batch()
    if (waiting?.busy !== true) return false
    const sent = waiting.flush(true)
    const { silently } = require('../trace/frame') as typeof import('../trace/frame')
    // From now on, for to load what sends may have taken its time.
    const limit = silently(() => setTimeout(() => waiting.abandon(), LIMIT))
    // A turn later: after a loop that has not turned there is no other 'beforeExit'.
    void sent.then(() => silently(() => setImmediate(() => clearTimeout(limit))))
    return true
  }

  function end (crash?: Crash): void {
    try {
      for (const told of endings) told()
      finish(crash)
      const lasts = batch()?.last() ?? []
      if (lasts.length > 0) (require('./last') as typeof import('./last')).sendNow(lasts, LIMIT, trustsAll())
    } catch { /* the end of the process is no place to fail */ }
    const lost = Object.entries(losses(counts)).map(([reason, spans]) => `${spans} ${reason}`)
    if (lost.length > 0) say('warn', `lost of ${counts.ended} spans: ${lost.join(', ')}`)
  }

  /** The application's listeners for 'exit', and then the end: also if one of them throws, or calls process.exit(), of which Node says nothing more. */
  function leave (tell: () => unknown, crash?: Crash): unknown {
    const { reallyExit } = process as unknown as { reallyExit: Function }
    const sending = mimic(reallyExit, function (this: unknown) {
      end(crash)
      return reallyExit.apply(this, arguments)
    })
    Reflect.set(process, 'reallyExit', sending)
    try { return tell() } finally {
      if (Reflect.get(process, 'reallyExit') === sending) Reflect.set(process, 'reallyExit', reallyExit)
      end(crash)
    }
  }

  const signals = bySignals ? new Signals(end, () => { void batch()?.flush() }) : undefined
  const emit: Function = process.emit
  const watched = mimic(emit, function (this: NodeJS.Process, event: unknown, detail: any): unknown {
    switch (event) {
      case 'beforeExit':
        // Held back until what waits is away, and not heard a second time: whether there is another is then the application's alone.
        // Spans that it ends meanwhile go away at the next, or at 'exit'. What Node emits runs for the process itself; what the application emits passes.
        held = !held && executionAsyncResource() === process && hold()
        if (held) return true
        break
      case 'exit':
        // By hand it ends nothing.
        if ((process as { _exiting?: boolean })._exiting === false) break
        return leave(() => emit.apply(this, arguments), detail === 0 ? undefined : crash)
      case 'uncaughtExceptionMonitor':
        crash = { error: detail, at: now() }
        for (const learn of uncaught) learn(detail)
        break
      case 'uncaughtException': {
        // Of what a listener throws Node dies without 'exit'. Whoever emits by hand may catch it.
        if (crash === undefined || crash.error !== detail) break
        let isThrown = true
        // Not caught: Node shows where it was thrown.
        try {
          const heard = emit.apply(this, arguments)
          isThrown = false
          return heard
        } finally { if (isThrown) end(crash) }
      }
      case 'removeListener': {
        const heard = emit.apply(this, arguments)
        signals?.freed(detail)
        return heard
      }
    }
    return emit.apply(this, arguments)
  })
  Object.defineProperty(process, 'emit', { value: watched, writable: true, configurable: true, enumerable: false })
  if (signals !== undefined) atFirst(() => signals.watch())
}

/**
 * Signals of which a process dies that does not listen. A listener of ours would be seen, and others would take it for somebody who decides; so there is none:
 * Node's own listener for 'newListener', which begins to watch a signal for a listener that is about to come, is called without one.
 * While the application listens it decides alone. Else the process ends, and dies of that very signal; on the spot if it has sent it to itself, as without us.
 */
class Signals {
  private readonly end: () => void
  private readonly flush: () => void
  private readonly start: Function | undefined
  private readonly stop: Function | undefined
  private readonly kill: Function = process.kill
  private watching = false
  constructor (end: () => void, flush: () => void) {
    this.end = end
    this.flush = flush
    this.start = process.listeners('newListener' as any).find(({ name }) => name === 'startListeningIfSignal')
    this.stop = process.listeners('removeListener' as any).find(({ name }) => name === 'stopListeningIfSignal')
  }

  watch (): void {
    if (this.start === undefined || this.stop === undefined) return
    this.watching = true
    for (const signal of SIGNALS) this.begin(signal)
    const { kill } = this
    const sent = (pid: unknown, signal: unknown): void => this.sent(pid, signal)
    process.kill = mimic(kill, function (this: unknown, pid: unknown, signal: unknown) {
      sent(pid, signal)
      return kill.apply(this, arguments)
    }) as typeof process.kill
  }

  /** The application has taken a listener away. */
  freed (event: any): void {
    if (this.watching && SIGNALS.includes(event) && process.listenerCount(event) === 0) this.begin(event)
  }

  private begin (signal: NodeJS.Signals): void {
    const { emit } = process
    try {
      // What Node finds here it calls when the signal comes: so what the application emits by itself is not taken for one.
      process.emit = ((...told: [NodeJS.Signals]) => this.came(told)) as typeof emit
      this.start!.call(process, signal)
    } catch { /* a signal that this machine does not have */ } finally { process.emit = emit }
  }

  private came (told: [NodeJS.Signals]): void {
    const [signal] = told
    if (process.listenerCount(signal) > 0) return void Reflect.apply(process.emit, process, told)
    // The first process of a container does not die of a signal for which it does not listen.
    if (process.pid === 1) return this.flush()
    this.leave(signal)
    this.kill.call(process, process.pid, signal)
  }

  /** The application sends a signal. One to itself it would live to see while we watch for it. Compared as Node does. */
  private sent (pid: any, signal: unknown): void {
    const { constants } = require('node:os') as typeof os
    const name = SIGNALS.find(name => name === (signal || 'SIGTERM') || constants.signals[name] === signal)
    if (name === undefined || !(pid == process.pid || pid == 0) || process.pid === 1 || process.listenerCount(name) > 0) return
    this.leave(name)
  }

  private leave (signal: NodeJS.Signals): void {
    this.end()
    this.stop!.call(process, signal)
  }
}
