import { options, redacted, type Attributes } from '../../src/patch'

/** What a span is told of a method: `name`, if no route is known; `method`, itself if it is known, else `_OTHER`, with the original beside it (semconv http 1.44). */
export const methodOf = (method: string): { name: string, method: string, original: string | undefined } =>
  options.methods.has(method) ? { name: method, method, original: undefined } : { name: 'HTTP', method: '_OTHER', original: method }

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#]*@)?([^/?#]*)/i
/** The path of a request received, without its query and without secrets (`/account;jsessionid=...`). */
export function pathOf (target: string): string {
  const path = ofOrigin(target)
  const at = path.indexOf('?')
  return redacted(at < 0 ? path : path.slice(0, at)) || '/'
}
/** The query of a request received, without '?' and without secrets; undefined if there is none. */
export function queryOf (target: string): string | undefined {
  const path = ofOrigin(target)
  const at = path.indexOf('?')
  return at < 0 ? undefined : redacted(path.slice(at)).slice(1) || undefined
}
// A proxy is asked for a whole URL.
const ofOrigin = (target: string): string => isPath(target) ? target : target.replace(ORIGIN, '')
/** By its letter: `startsWith` is a call. */
const isPath = (target: string): boolean => target.charCodeAt(0) === SLASH
const SLASH = 0x2f

/**
 * What a request is sent for: the whole URL, and the host and port in it. `scheme` is 'http' or 'https', `host` as in a Host header, `target` what the
 * request line has: a path, or a whole URL (to a proxy), or '*' (OPTIONS, RFC 9110, 7.1), or host and port (CONNECT).
 */
export function asked (scheme: string, host: string, method: string, target: string): { url: string, name: string, port: number } {
  const whole = isPath(target) ? null : ORIGIN.exec(target)
  const url = whole !== null ? target
    : `${scheme}://${method === 'CONNECT' ? target : target === '*' ? host : isPath(target) ? host + target : `${host}/${target}`}`
  const { name, port } = hostAndPort(whole?.[2] ?? (method === 'CONNECT' ? target : host))
  return { url: redacted(url), name, port: port ?? ((whole?.[1] ?? scheme).toLowerCase() === 'https' ? 443 : 80) }
}

/** 'example.org:8080' or '[::1]:80' in two, without a user in front; the port is undefined where there is none. */
export function hostAndPort (authority: string): HostAndPort {
  if (authority !== latest) {
    latest = authority
    parts = inTwo.get(authority) ?? remembered(authority)
  }
  return parts
}
function remembered (authority: string): HostAndPort {
  if (inTwo.size === REMEMBERED) inTwo.clear()
  const parts = split(authority)
  if (authority.length <= LONGEST) inTwo.set(authority, parts)
  return parts
}
interface HostAndPort { readonly name: string, readonly port: number | undefined }
// A program mostly is asked by one name, which is compared and not looked up, for each request brings a text of its own; and it asks the same few. A longer one is nobody's.
let latest = ''
let parts: HostAndPort = { name: '', port: undefined }
const inTwo = new Map<string, HostAndPort>()
const REMEMBERED = 100
const LONGEST = 260
function split (authority: string): HostAndPort {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const colon = host.lastIndexOf(':')
  if (colon < 0 || host.endsWith(']') || (host.indexOf(':') !== colon && !host.startsWith('['))) return { name: bare(host), port: undefined }
  const port = Number(host.slice(colon + 1))
  return { name: bare(host.slice(0, colon)), port: port > 0 && port < 65536 && Number.isInteger(port) ? port : undefined }
}
const bare = (host: string): string => host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host

/** A host as a URL has it. */
export const bracketed = (host: string): string => host.includes(':') && !host.startsWith('[') ? `[${host}]` : host

/** The status of an answer, onto a client's span. */
export function answered (span: { attributes: Attributes, fail (reason: unknown): void }, status: number): void {
  span.attributes['http.response.status_code'] = status
  if (status >= 400) span.fail(String(status))
}

/**
 * What a request failed with. Undefined if its caller gave it up, which is no failure (semconv http 1.44): an AbortError, or a reason of his own
 * that is no error. That he set it a time (AbortSignal.timeout), and it passed, is one.
 */
export function failure (reason: any): unknown {
  if (typeof reason !== 'object' || reason === null) return undefined
  if (reason.name !== 'AbortError') return reason
  return reason.cause?.name === 'TimeoutError' ? reason.cause : undefined
}
