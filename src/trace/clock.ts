const origin = performance.timeOrigin
/** Milliseconds since the epoch, with a fraction, never running backwards. */
export const now = (): number => origin + performance.now()
