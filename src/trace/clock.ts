/**
 * The timers that the program began with: what a test puts in their place later keeps another time, may have no `unref`, and counts those that wait.
 * All of ours are these.
 */
export const { setTimeout, clearTimeout, setImmediate } = globalThis

/** NaN until somebody asks for the time: `performance` is loaded when it is first touched, which is nothing for a start to do. */
let origin = NaN
const zero = (): number => Number.isNaN(origin) ? origin = performance.timeOrigin : origin
/** Milliseconds since the epoch, with a fraction; within a trace it does not run backwards. */
export const now = (): number => zero() + performance.now()

const TOLERANCE = 50
/**
 * The clock behind `now` goes on evenly, so it misses what the clock on the wall has been through: a sleep of the machine, a step, hours of slewing.
 * Called before a trace begins, for other services tell their times by the wall.
 */
export function tune (): void {
  const off = Date.now() - now()
  if (off > TOLERANCE || off < -TOLERANCE) origin += off
}

/** A time as OpenTelemetry's API takes it: milliseconds since the epoch, or of performance.now(); a Date; seconds and nanoseconds since the epoch. */
export type Time = number | Date | readonly [number, number]

/** Milliseconds since the epoch. */
export function millisOf (time: Time): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  // Nobody tells of the first moments of 1970: so small a number is one of performance.now(), and one of its future is none.
  return (time as number) <= performance.now() ? zero() + (time as number) : time as number
}
