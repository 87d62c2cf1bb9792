import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { switchAll } from '../hook/fuse'
import { say } from '../log'
import { contextManager, propagator, succeed, tracerProvider, type Provider } from './opentelemetry'

/**
 * What every copy of @opentelemetry/api 1.x finds in the place where it looks for what is registered: us.
 *
 * A copy accepts what a copy of the same or a later minor version registered, and registers only beside what its very own version did. So this says
 * that it is of a late version, but to a copy that registers something, that it is of that copy's. It is known by what it does: it reads the place,
 * and writes there what it has read.
 */
class Registry {
  /** Meters, loggers and others that the application registers: they are none of ours. */
  [api: string]: unknown
  get version (): string { return registering ?? '1.99.0' }
  get trace (): unknown { return registering === undefined ? tracerProvider : undefined }
  set trace (provider: unknown) { stepBack(this, provider as Provider) }
  // Without a tracer of its own the application is as well off with our context manager.
  get context (): unknown { return registering === undefined ? contextManager : undefined }
  set context (manager: unknown) { theirs.context = manager }
  get propagation (): unknown { return registering === undefined ? theirs.propagation ?? propagator : undefined }
  set propagation (theirPropagator: unknown) { theirs.propagation = theirPropagator }
}

/** The version of the copy that registers something at this moment; empty if it cannot be known. */
let registering: string | undefined
const theirs: { context?: unknown, propagation?: unknown } = {}
let place: symbol

/** Take the place; what the application has put there before us stays. */
export function register (at: symbol): void {
  place = at
  const before = (globalThis as any)[at]
  if (before?.trace !== undefined) return backOff()
  const registry = new Registry()
  for (const api of Object.keys(before ?? {})) if (api !== 'version') registry[api] = before[api]
  Object.defineProperty(globalThis, at, {
    configurable: true,
    get () {
      registering = undefined
      return registry
    },
    set (value) {
      if (value === registry) registering = versionOf(caller())
      else if (value !== undefined) {
        put(value)
        backOff()
      }
    }
  })
}

/** The application brings a tracer of its own. Two of them would both write headers, and count everything twice. */
function stepBack (registry: Registry, provider: Provider): void {
  put(Object.assign({}, registry, theirs, { version: registering, trace: provider }))
  registering = undefined
  succeed(provider)
  backOff()
}

function backOff (): void {
  switchAll(false)
  say('info', 'the application starts an OpenTelemetry SDK of its own; autospan steps back and traces nothing from here on')
}

function put (value: unknown): void {
  Object.defineProperty(globalThis, place, { value, writable: true, enumerable: true, configurable: true })
}

/** The file of the copy that writes to the place; undefined if the stack does not say. */
function caller (): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 5
    Error.prepareStackTrace = (_, sites) => sites.map(site => site.getFileName())
    const files = new Error().stack as unknown as Array<string | null>
    return files.find(file => typeof file === 'string' && file !== __filename) ?? undefined
  } catch { return undefined } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** The version of the API that a file belongs to; a bundle has no package.json of its own. */
function versionOf (file = ''): string {
  let folder = file.startsWith('file:') ? fileURLToPath(file) : file
  for (let i = 0; i < 6 && folder !== dirname(folder); i++) {
    folder = dirname(folder)
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (name === '@opentelemetry/api') return version
    } catch { /* none here */ }
  }
  say('warn', `an OpenTelemetry SDK in a bundle cannot register beside autospan: AUTOSPAN_OPENTELEMETRY=off leaves the place to it (${file})`)
  return ''
}
