import type { Remote } from './span'

/**
 * Decides about a whole trace, before its first span is made or described.
 * `from` is what headers told of the caller; it may have no ids, and its decision may be left to us. Answers what is to be done with the trace.
 */
export type Sampler = (traceId: string, from: Remote | undefined) => Decision
export interface Decision {
  sampled: boolean
  /** What the trace's `tracestate` is to say of it: the value of the `ot` member (`th:...`), for a ratio. */
  ot?: string
}

const YES: Decision = { sampled: true }
const NO: Decision = { sampled: false }
export const alwaysOn: Sampler = () => YES
export const alwaysOff: Sampler = () => NO

const RANDOMNESS = 2 ** 56
/**
 * A share of all traces, `share` in [0, 1]. Consistent across services: the low 56 bits of the trace id are the randomness R,
 * the threshold T = (1 - share) * 2^56, sampled when R >= T (OpenTelemetry, probability sampling; `th` of the `ot` tracestate member).
 */
export function ratio (share: number): Sampler {
  if (share >= 1) return () => ({ sampled: true, ot: 'th:0' })
  if (share <= 0) return alwaysOff
  const threshold = Math.round((1 - share) * RANDOMNESS)
  const digits = threshold.toString(16).padStart(14, '0')
  const yes: Decision = { sampled: true, ot: `th:${digits.replace(/0+$/, '') || '0'}` }
  // Hex of one length compares as the numbers do, and a double could not hold 56 bits.
  return id => id.slice(18) >= digits ? yes : NO
}

/** The caller's decision where it told one, else `top`'s. */
export const parentBased = (top: Sampler): Sampler => (id, from) => from?.sampled === undefined ? top(id, from) : from.sampled ? YES : NO
