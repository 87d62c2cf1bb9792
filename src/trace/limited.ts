import { now } from './clock'
import type { Sampler } from './sampler'

/**
 * A leaky bucket: `take` answers true `perSecond` times a second, and of what was not used keeps one second's worth, but at least one.
 * It begins with a random part of that, so that services that start together do not sample together (Jaeger).
 */
export function bucket (perSecond: number): () => boolean {
  const most = Math.max(1, perSecond)
  let balance = Math.random() * most
  let filled = now()
  return () => {
    const at = now()
    balance = Math.min(most, balance + (at - filled) / 1000 * perSecond)
    filled = at
    if (balance < 1) return false
    balance--
    return true
  }
}

/** So many traces a second, at most. */
export function limited (perSecond: number): Sampler {
  const take = bucket(perSecond)
  const yes = { sampled: true, notes: { 'sampler.type': 'ratelimiting', 'sampler.param': perSecond } }
  const no = { sampled: false }
  return () => take() ? yes : no
}
