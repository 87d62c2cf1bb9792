import { glob } from '../trace/glob'
import type { Options } from './options'

/**
 * Rules of the settings, as functions.
 * `incoming`: path globs with or without a method in front ('/healthz', 'GET /metrics', '/static/**'); `outgoing` and `told`: host globs ('*.internal').
 * `*` is anything but a slash, `**` is anything. A function without rules is undefined.
 */
export function rules (incoming: string[], outgoing: string[], told: string[]): Pick<Options, 'ignoresIncoming' | 'ignoresOutgoing' | 'propagatesTo'> {
  const requests = incoming.map(rule => {
    const [, method, path] = /^(?:([A-Za-z]+)\s+)?(.*)$/.exec(rule)!
    return { method: method?.toUpperCase(), path: glob(path) }
  })
  const hosts = (globs: string[]): ((host: string) => boolean) | undefined => {
    if (globs.length === 0) return undefined
    const rules = globs.map(host => glob(host.toLowerCase()))
    return host => rules.some(rule => rule(host.toLowerCase()))
  }
  return {
    ignoresIncoming: requests.length === 0 ? undefined : (method, path) => requests.some(rule => (rule.method === undefined || rule.method === method) && rule.path(path)),
    ignoresOutgoing: hosts(outgoing),
    propagatesTo: hosts(told)
  }
}
