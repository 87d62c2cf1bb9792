import { cede } from '../hook/fuse'
import { say } from '../log'
import { overlook, type Besides } from '../propagation'

/** What the copies of one version of the SDK share (@sentry/core, carrier.ts). */
interface Carrier {
  /** How the SDK follows a request: a client is in its scope by the time it sets this, and nothing of Node is instrumented yet. */
  acs?: unknown
  defaultCurrentScope?: { getClient (): { getOptions (): { tracesSampleRate?: unknown, tracesSampler?: unknown } } | undefined }
}

/**
 * Sentry's SDK from 11 on traces without OpenTelemetry, and writes `baggage`, if told so also `traceparent`. It meets its copies here, be they CommonJS,
 * ES modules or bundled. One that only reports errors does not trace, and is left alone; but it writes ids of its own, in `sentry-trace`, `baggage` and,
 * if told so, in `traceparent`.
 */
export function attend (place: string | symbol): void {
  const global = globalThis as any
  const shared = global[place] ??= {}
  watch(shared, 'version', version => {
    const carrier: Carrier = shared[version] ??= {}
    watch(carrier, 'acs', () => {
      if (traces(carrier)) cede('traces by Sentry\'s SDK')
      else overlook(isReporters)
    })
  })
}

/** As the SDK itself decides (hasSpansEnabled): a rate of 0 is one, too. */
function traces ({ defaultCurrentScope }: Carrier): boolean {
  const options = defaultCurrentScope?.getClient()?.getOptions()
  return options !== undefined && (options.tracesSampleRate != null || Boolean(options.tracesSampler))
}

/** A `traceparent` of the trace that `sentry-trace` tells of, a `baggage` of Sentry's items alone. */
const isReporters: Besides = (name, value, header) =>
  name === 'traceparent' ? value.slice(3, 35) === header('sentry-trace')?.slice(0, 32) : name === 'baggage' && value.split(',').every(item => item.trim().startsWith('sentry-'))

/** Be told of what a property is set to, and of what it is already. */
function watch (holder: any, key: string, set: (value: any) => void): void {
  let held = holder[key]
  Object.defineProperty(holder, key, { enumerable: true, configurable: true, get: () => held, set: value => tell(held = value) })
  if (held !== undefined) tell(held)
  function tell (value: unknown): void {
    try { set(value) } catch (error) { say('debug', `sentry: ${String(error)}`) }
  }
}
