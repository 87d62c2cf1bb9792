const origin = performance.timeOrigin
/** Milliseconds since the epoch, with a fraction, never running backwards. */
export const now = (): number => origin + performance.now()

/** A time as OpenTelemetry's API takes it: milliseconds since the epoch, or of performance.now(); a Date; seconds and nanoseconds since the epoch. */
export type Time = number | Date | readonly [number, number]

/** Milliseconds since the epoch. */
export function millisOf (time: Time): number {
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  // A number from before this process was started can only be one of performance.now().
  return (time as number) < origin ? origin + (time as number) : time as number
}
