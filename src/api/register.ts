import { switchAll } from '../hook/fuse'
import { say } from '../log'
import { mimic } from '../trace/context'
import { contextManager, propagator, tracerProvider } from './opentelemetry'

// Where every copy of @opentelemetry/api 1.x looks for what is registered.
const REGISTRY = Symbol.for('opentelemetry.js.api.1')
const place = globalThis as { [REGISTRY]?: Record<string, unknown> }

/**
 * What we register. A copy of the API accepts what a copy of the same or a later minor version registered, so ours says that it is of a late one:
 * then all copies in the process see us, whatever their versions.
 */
const ours: Record<string, unknown> = { version: '1.99.0', trace: tracerProvider, context: contextManager, propagation: propagator }
/** What the application registered itself, meters for instance: the API has it all under the version of one copy, which ours is not. */
let theirs: Record<string, unknown> | undefined
let inForce = false

/** A copy of the API was loaded; `api` is its exports. If the application brings a tracer of its own by it, autospan steps back: two tracers would both write headers. */
export function opentelemetry (api: any): void {
  if (place[REGISTRY] === undefined) {
    place[REGISTRY] = ours
    inForce = true
  }
  for (const [name, method] of [['trace', 'setGlobalTracerProvider'], ['context', 'setGlobalContextManager'], ['propagation', 'setGlobalPropagator']]) {
    aside(api[name], method, () => {
      inForce = false
      switchAll(false)
      say('info', 'the application starts an OpenTelemetry SDK of its own; autospan steps back and traces nothing from here on')
    })
  }
  for (const [name, method] of [['metrics', 'setGlobalMeterProvider'], ['diag', 'setLogger']]) aside(api[name], method, () => {})
}

/** Let a registration of the application's own pass as if we were not there. */
function aside (holder: any, method: string, first: () => void): void {
  const prototype = Object.getPrototypeOf(holder ?? {})
  const original = prototype[method]
  if (typeof original !== 'function') return
  prototype[method] = mimic(original, function (this: unknown) {
    if (!inForce) return original.apply(this, arguments)
    first()
    place[REGISTRY] = theirs
    try { return original.apply(this, arguments) } finally {
      theirs = place[REGISTRY]
      if (inForce) place[REGISTRY] = Object.assign(ours, { metrics: theirs?.metrics, diag: theirs?.diag })
    }
  })
}
