import type { Attributes } from './semconv'
import type { TraceId } from './id'
import type { Remote } from './span'

/**
 * Decides about a whole trace, before its first span is made or described. `from` is what headers told of the caller; it may have no ids, and
 * its decision may be left to us. `request` is what the caller wants ('GET /orders/7'), only if `byRequest` asks for it, or what the
 * application calls a span of its own; else empty.
 */
export interface Sampler {
  (id: TraceId, from: Remote | undefined, request: string): Decision
  byRequest?: boolean
}
export interface Decision {
  sampled: boolean
  /** What the trace's `tracestate` is to say of it: the value of the `ot` member (`th:...`), for a ratio. */
  ot?: string
  /** Who decided, and how, for the first span (Jaeger: `sampler.type`, `sampler.param`). */
  notes?: Attributes
}

const YES: Decision = { sampled: true }
const NO: Decision = { sampled: false }
export const alwaysOn: Sampler = () => YES
export const alwaysOff: Sampler = () => NO

const ALL = 2n ** 56n
/** The randomness that the caller chose, where the trace id was not to serve: `rv` of the `ot` member. */
const CHOSEN = /(?:^|,)\s*ot=(?:[^,]*;)?rv:([0-9a-f]{14})(?:;|\s*$|\s*,)/
/**
 * A share of all traces, `share` in [0, 1]. Consistent across services: the low 56 bits of the trace id are the randomness R,
 * the threshold T = (1 - share) * 2^56, sampled when R >= T (OpenTelemetry, probability sampling; `th` of the `ot` tracestate member).
 */
export function ratio (share: number): Sampler {
  if (share <= 0) return alwaysOff
  // A double would not hold 56 bits: two numbers are compared, or hex digits of one length.
  const wanted = BigInt(Math.round(Math.min(share, 1) * Number(ALL)))
  const threshold = ALL - (wanted < 1n ? 1n : wanted)
  const digits = threshold.toString(16).padStart(14, '0')
  const high = Number(threshold >> 32n)
  const low = Number(threshold & 0xffffffffn)
  const notes: Attributes = { 'sampler.type': 'probabilistic', 'sampler.param': share }
  const yes: Decision = { sampled: true, ot: `th:${digits.replace(/0+$/, '') || '0'}`, notes }
  return (id, from) => {
    const chosen = randomness(from?.state)
    return (chosen === undefined ? reaches(id, high, low) : chosen >= digits) ? yes : NO
  }
}
/** Whether the low 56 bits of an id are no less than 24 bits and 32. */
function reaches ({ third, fourth }: TraceId, high: number, low: number): boolean {
  const upper = third & 0xffffff
  return upper > high || (upper === high && (fourth >>> 0) >= low)
}
const randomness = (state: string | undefined): string | undefined => state === undefined ? undefined : CHOSEN.exec(state)?.[1]

/** The caller's decision where it told one, else `top`'s. */
export function parentBased (top: Sampler): Sampler {
  const sampler: Sampler = (id, from, request) => from?.sampled === undefined ? top(id, from, request) : from.sampled ? YES : NO
  sampler.byRequest = top.byRequest
  return sampler
}
