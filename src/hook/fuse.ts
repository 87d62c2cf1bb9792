import { say } from '../log'

/** Our code may fail; the application may not notice. A patch that goes on failing is taken out of the circuit. */
export interface Fuse {
  readonly scope: string
  failures: number
  /** It failed again and again: nothing of it runs. */
  blown: boolean
  /** It begins no span: it is blown, or all is switched off. What was begun before is seen to its end. */
  off: boolean
}

const LIMIT = 5
const fuses = new Map<string, Fuse>()

/** One fuse a patch, whatever it wraps. */
export function fuseOf (scope: string): Fuse {
  let fuse = fuses.get(scope)
  if (fuse === undefined) fuses.set(scope, fuse = { scope, failures: 0, blown: false, off: !on })
  return fuse
}

let on = true
/** What the application does that this has made way for. */
let ceded: string | undefined
/** From the next call on no span is begun, or again by all that has not failed. Spans that are open still end. */
export function switchAll (to: boolean): void {
  if (to && ceded !== undefined) return say('info', `tracing stays off: the application ${ceded}, and two tracers would write every header twice`)
  on = to
  for (const fuse of fuses.values()) fuse.off = !on || fuse.blown
}

/** Trace nothing from here on, whoever wishes it, for there is another tracer. What the application does is said once: `starts an SDK of its own`. */
export function cede (does: string): void {
  if (ceded !== undefined) return
  ceded = does
  switchAll(false)
  say('info', `the application ${does}; autospan steps back and traces nothing from here on`)
}

/** What became of a patch. */
export const stateOf = (scope: string): 'on' | 'off' | 'failed' => fuseOf(scope).blown ? 'failed' : on ? 'on' : 'off'
/** Whether calls are traced at all. */
export const isOn = (): boolean => on

/** Call a function of a patch. `undefined` if it threw. */
export function quietly (fuse: Fuse, fn: any, a?: any, b?: any, c?: any, d?: any): any {
  try { return fn(a, b, c, d) } catch (error) { failed(fuse, error) }
}

function failed (fuse: Fuse, error: unknown): void {
  let words = 'an error that cannot be shown'
  try { words = String((error as Error)?.stack ?? error) } catch { /* hostile toString */ }
  fuse.failures++
  say('debug', `${fuse.scope}: ${words}`)
  if (fuse.failures === LIMIT) {
    fuse.blown = fuse.off = true
    say('warn', `the patch '${fuse.scope}' failed ${LIMIT} times and is switched off, the application is not affected; the last failure: ${words.split('\n', 2).join(' ').trim()}`)
  }
}
