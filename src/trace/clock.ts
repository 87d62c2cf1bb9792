import { builtin } from './builtin'

/**
 * The timers that the program began with: what a test puts in their place later keeps another time, may have no `unref`, and counts those that wait.
 * All of ours are these.
 */
export const { setTimeout, clearTimeout, setImmediate } = globalThis

let origin = NaN
/**
 * Milliseconds since the program began, by Node's own performance.now(), and not by what a test has put in its place, for the same reasons.
 * Taken when somebody first asks for the time: to load it is nothing for a start to do.
 */
export const elapsed = (): number => read()
let read = (): number => {
  try {
    const { performance } = builtin('node:perf_hooks') as typeof import('node:perf_hooks')
    read = Object.getPrototypeOf(performance).now.bind(performance)
    origin = performance.timeOrigin
  } catch {
    // The application refuses it. This one goes on as evenly, and takes no module.
    read = () => uptime() * 1000
    origin = wall() - read()
  }
  return read()
}
const wall = Date.now
const { uptime } = process
/** Milliseconds since the epoch, with a fraction; within a trace it does not run backwards. */
export const now = (): number => elapsed() + origin

const TOLERANCE = 50
/** Milliseconds between two looks at the wall: each takes a way through Node that nothing else does, and so a tenth of what a request takes of us. */
const BLINK = 10
/** When the next look is due, by `elapsed`. */
let due = 0
/**
 * The time at which a trace begins, as by `now`. The clock behind that goes on evenly, so it misses what the clock on the wall has been through: a sleep of the machine, a step,
 * hours of slewing. Other services tell their times by the wall, so we follow it before a trace begins.
 */
export function nowByWall (): number {
  const at = elapsed()
  if (at >= due) {
    due = at + BLINK
    const off = wall() - at - origin
    if (off > TOLERANCE || off < -TOLERANCE) origin += off
  }
  return at + origin
}

/** A time as OpenTelemetry's API takes it: milliseconds since the epoch, or of performance.now(); a Date; seconds and nanoseconds since the epoch. */
export type Time = number | Date | readonly [number, number]

/** Milliseconds since the epoch. */
export function millisOf (time: Time): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  // Nobody tells of the first moments of 1970: so small a number is one of performance.now(), and one of its future is none.
  return (time as number) <= elapsed() ? origin + (time as number) : time as number
}
