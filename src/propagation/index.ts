import { merged } from '../trace/baggage'
import type { Remote, Span } from '../trace/span'
import { b3, b3multi } from './b3'
import { baggage } from './baggage'
import { jaeger } from './jaeger'
import { ottrace } from './ottrace'
import type { Choice, Headers, Propagator, Setter, Test } from './propagator'
import { tracecontext } from './w3c'
import { xray } from './xray'

/** Every format, by its name in OTEL_PROPAGATORS. */
const FORMATS: Readonly<Record<string, (choice: Choice) => Propagator>> = { tracecontext, baggage, b3, b3multi, jaeger, ottrace, xray }

let formats: Propagator[] = []
let known: string[] = []
/** The names of the headers that a context is known by. */
export const fields = (): string[] => known.slice()
/** The formats in force, in order. Called by start.ts. */
export function propagateWith (names: readonly string[], choice: Choice): void {
  formats = names.map(name => FORMATS[name](choice))
  known = [...new Set(formats.flatMap(format => format.fields))]
}

/**
 * Write the span into a carrier, in every format. A header that the application has set itself stays: a format of which `has` finds one is not written.
 * What is never traced is never written.
 */
export function inject<C> (span: Span, carrier: C, set: Setter<C>, has?: Test<C>): void {
  // Without ids there may still be baggage.
  const bare = span.trace.id === ''
  if (bare && span.baggage === undefined) return
  // One bit a format. All are looked at before the first is written: two formats may know the same header.
  let taken = 0
  if (has !== undefined) for (let i = 0; i < formats.length; i++) if (hasAny(carrier, formats[i].fields, has)) taken |= 1 << i
  for (let i = 0; i < formats.length; i++) if ((taken & 1 << i) === 0 && (!bare || formats[i].bare === true)) formats[i].inject(span, carrier, set, has)
}

function hasAny<C> (carrier: C, names: string[], has: Test<C>): boolean {
  for (const name of names) if (has(carrier, name)) return true
  return false
}

/** What incoming headers tell of the caller: ids and state from the first format that finds ids, baggage from all. Never throws. */
export function extract (headers: Headers): Remote | undefined {
  let remote: Remote | undefined
  for (const format of formats) {
    const found = format.extract(headers)
    if (found !== undefined) remote = remote === undefined ? found : joined(remote, found)
  }
  return remote
}

/** What two formats say, as one. Of two that have ids the first wins; without any, it is the first that knows a state. */
function joined (first: Remote, second: Remote): Remote {
  const later = first.traceId === '' && (second.traceId !== '' || first.sampled === undefined)
  return { ...(later ? second : first), baggage: merged(first.baggage, second.baggage) }
}

/** The context that the application itself has put into what it sends; undefined if there is none. `get` reads a header by its lower-case name. */
export function adopt<C> (carrier: C, get: (carrier: C, name: string) => string | undefined): Remote | undefined {
  const remote = gathered(carrier, get)
  return remote === undefined || remote.traceId === '' ? undefined : remote
}

/** What the environment of this process tells of the caller (`TRACEPARENT`, `B3`, `X_B3_TRACEID`, ...: OpenTelemetry, env-carriers). */
export function extractFrom (environment: (name: string) => string | undefined): Remote | undefined {
  return gathered(environment, (environment, field) => environment(field.toUpperCase().replace(/[^A-Z0-9_]/g, '_')))
}

/** What a carrier tells that can only be asked by name. */
function gathered<C> (carrier: C, get: (carrier: C, name: string) => string | undefined): Remote | undefined {
  let headers: Headers | undefined
  for (const field of known) {
    const value = get(carrier, field)
    if (value !== undefined) (headers ??= {})[field] = value
  }
  return headers === undefined ? undefined : extract(headers)
}
