import { glob } from './glob'
import { ratio, type Sampler } from './sampler'

/** A share of what is asked by a method (any, if undefined) of a path that fits a glob; the glob '*' fits whatever there is. */
export interface Rule { method: string | undefined, path: string, share: number }

/** The first rule that fits decides; where none does, `otherwise`. */
export function byRules (rules: readonly Rule[], otherwise: Sampler): Sampler {
  const tried = rules.map(({ method, path, share }) => ({ method, path: path === '*' ? undefined : glob(path), sample: ratio(share) }))
  const sampler: Sampler = (id, from, request) => {
    const space = request.indexOf(' ')
    const method = request.slice(0, Math.max(space, 0))
    const path = request.slice(space + 1)
    for (const rule of tried) {
      if ((rule.method === undefined || rule.method === method) && (rule.path === undefined || rule.path(path))) return rule.sample(id, from, request)
    }
    return otherwise(id, from, request)
  }
  sampler.byRequest = true
  return sampler
}
