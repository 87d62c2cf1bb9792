import type { Remote, Span } from '../trace/span'
import { baggage } from './baggage'
import type { Headers, Propagator, Setter } from './propagator'
import { tracecontext } from './w3c'

/** Every format, by its name in OTEL_PROPAGATORS. */
export const FORMATS: Readonly<Record<string, Propagator>> = { tracecontext, baggage }

let formats: Propagator[] = []
let fields: string[] = []
/** The formats in force, in order. Called by start.ts. */
export function propagateWith (names: readonly string[]): void {
  formats = names.map(name => FORMATS[name])
  fields = formats.flatMap(format => format.fields)
}

/**
 * Write the span into a carrier, in every format. A header that the application has set itself stays: a format of which `has` finds one is not written.
 * What is never traced is never written.
 */
export function inject<C> (span: Span, carrier: C, set: Setter<C>, has?: (carrier: C, name: string) => boolean): void {
  if (span.trace.id === '') return
  for (const format of formats) {
    if (has !== undefined && format.fields.some(field => has(carrier, field))) continue
    format.inject(span, carrier, set)
  }
}

/** The caller that incoming headers tell of: ids from the first format that finds some, baggage likewise. Never throws. */
export function extract (headers: Headers): Remote | undefined {
  let remote: Remote | undefined
  for (const format of formats) {
    const found = format.extract(headers)
    if (found === undefined) continue
    if (remote === undefined) remote = { traceId: '', spanId: '', sampled: false, ...found }
    else if (remote.traceId === '' && found.traceId !== undefined) remote = { ...remote, ...found, baggage: remote.baggage ?? found.baggage }
    else remote.baggage ??= found.baggage
  }
  return remote
}

/** The context that the application itself has put into what it sends; undefined if there is none. `get` reads a header by its lower-case name. */
export function adopt<C> (carrier: C, get: (carrier: C, name: string) => string | undefined): Remote | undefined {
  let headers: Headers | undefined
  for (const field of fields) {
    const value = get(carrier, field)
    if (value !== undefined) (headers ??= {})[field] = value
  }
  const remote = headers === undefined ? undefined : extract(headers)
  return remote === undefined || remote.traceId === '' ? undefined : remote
}

/** The caller that the environment of this process tells of (`TRACEPARENT`, ...: OpenTelemetry, env-carriers). */
export function extractFrom (environment: (name: string) => string | undefined): Remote | undefined {
  return adopt(environment, (environment, field) => environment(field.toUpperCase().replace(/[^A-Z0-9_]/g, '_')))
}
