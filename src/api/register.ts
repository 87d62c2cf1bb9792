import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cede } from '../hook/fuse'
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
let key: string | symbol

/** Take the place; what the application has put there before us stays. */
export function register (at: string | symbol): void {
  key = at
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

function backOff (): void { cede('starts an OpenTelemetry SDK of its own') }

function put (value: unknown): void {
  Object.defineProperty(globalThis, key, { value, writable: true, enumerable: true, configurable: true })
}

interface Site { file: string, position: number }

/** Where the code of the copy stands that writes to the place; undefined if the stack does not say. */
function caller (): Site | undefined {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  try {
    Error.stackTraceLimit = 5
    Error.prepareStackTrace = (_, sites) => sites.map(site => ({ file: site.getFileName() ?? '', position: (site as unknown as { getPosition (): number }).getPosition() }))
    const places = new Error().stack as unknown as Site[]
    return places.find(({ file }) => file !== '' && file !== __filename)
  } catch { return undefined } finally {
    for (const [name, was] of [['stackTraceLimit', limit], ['prepareStackTrace', prepare]] as const) {
      if (was === undefined) Reflect.deleteProperty(Error, name)
      else Object.defineProperty(Error, name, was)
    }
  }
}

/**
 * The version of the API that the code belongs to. A bundle has no package.json of its own, but the API tells its version in a text near by;
 * a wrong one would only be refused, as an empty one is.
 */
function versionOf ({ file, position }: Site = { file: '', position: 0 }): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  let folder = path
  for (let i = 0; i < 6 && folder !== dirname(folder); i++) {
    folder = dirname(folder)
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (name === '@opentelemetry/api') return version
    } catch { /* none here */ }
  }
  const near = nearest(path, position)
  if (near === '') say('warn', `an OpenTelemetry SDK in ${path} cannot register beside autospan: AUTOSPAN_OPENTELEMETRY=off leaves the place to it`)
  return near
}

function nearest (path: string, position: number): string {
  let found = ''
  let distance = Infinity
  try {
    for (const { 1: version, index } of readFileSync(path, 'utf8').matchAll(/["'`](1\.\d+\.\d+)["'`]/g)) {
      if (Math.abs(index - position) >= distance) continue
      distance = Math.abs(index - position)
      found = version
    }
  } catch { /* a file that is none */ }
  return found
}
