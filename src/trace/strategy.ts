import { template } from './glob'
import { bucket, limited } from './limited'
import { ratio, type Decision, type Sampler } from './sampler'

/**
 * What a Jaeger collector says on `/sampling?service=`, as a sampler; undefined if it makes no sense. `most`: how many operations it may name.
 * {strategyType: 'PROBABILISTIC' | 'RATE_LIMITING', probabilisticSampling: {samplingRate}, rateLimitingSampling: {maxTracesPerSecond},
 *  operationSampling: {defaultSamplingProbability, defaultLowerBoundTracesPerSecond, perOperationStrategies: [{operation, probabilisticSampling}]}};
 * strategies by operation go before the others.
 */
export function strategy (answer: any, most: number): Sampler | undefined {
  const { strategyType, probabilisticSampling, rateLimitingSampling, operationSampling } = Object(answer)
  if (operationSampling != null) return byOperation(operationSampling, most)
  if (strategyType === 'RATE_LIMITING' || strategyType === 1) {
    const rate = rateLimitingSampling?.maxTracesPerSecond
    return isRate(rate) ? limited(rate) : undefined
  }
  const share = probabilisticSampling?.samplingRate
  return isShare(share) ? ratio(share) : undefined
}
const isRate = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < Infinity
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1

/**
 * A share for each operation, and each has some traces a second for sure. What is asked is known by its path, not yet by its route:
 * so a name like 'GET /orders/:id' fits every order, and one like 'GET' all that has no name of its own.
 */
function byOperation ({ defaultSamplingProbability: share, defaultLowerBoundTracesPerSecond, perOperationStrategies }: any, most: number): Sampler | undefined {
  // Go's null for an empty list (Jaeger, issue 3891), and for what is not told.
  const least = defaultLowerBoundTracesPerSecond ?? 0
  const named = perOperationStrategies ?? []
  if (!isShare(share) || !isRate(least) || !Array.isArray(named)) return undefined
  const exact = new Map<string, Sampler>()
  const routes: Array<{ route: RegExp, sampler: Sampler }> = []
  for (const { operation, probabilisticSampling } of named.slice(0, most)) {
    const own = probabilisticSampling?.samplingRate
    if (typeof operation !== 'string' || !isShare(own)) return undefined
    const sampler = guaranteed(own, least)
    exact.set(operation, sampler)
    if (/[:{*]/.test(operation)) routes.push({ route: template(operation), sampler })
  }
  const others = guaranteed(share, least)
  const sampler: Sampler = (id, from, request) =>
    (exact.get(request) ?? routes.find(({ route }) => route.test(request))?.sampler ?? exact.get(request.split(' ', 1)[0]) ?? others)(id, from, request)
  sampler.byRequest = true
  return sampler
}

/** A share of all, but some a second for sure. */
function guaranteed (share: number, least: number): Sampler {
  const sample = ratio(share)
  const take = bucket(least)
  const rescued: Decision = { sampled: true, notes: { 'sampler.type': 'lowerbound', 'sampler.param': share } }
  return (id, from, request) => {
    const decision = sample(id, from, request)
    const sure = take()
    return decision.sampled || !sure ? decision : rescued
  }
}
