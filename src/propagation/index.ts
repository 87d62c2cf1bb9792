import { isSame, merged } from '../trace/baggage'
import type { Remote, Span, Trace } from '../trace/span'
import { baggage } from './baggage'
import { variable } from './fields'
import type { Choice, Getter, Headers, Propagator, Setter } from './propagator'
import { tracecontext } from './w3c'

/** Every format, by its name in OTEL_PROPAGATORS. Those that are chosen seldom are loaded when they are. */
const FORMATS: Readonly<Record<string, (choice: Choice) => Propagator>> = {
  tracecontext,
  baggage,
  b3: choice => (require('./b3') as typeof import('./b3')).b3(choice),
  b3multi: choice => (require('./b3') as typeof import('./b3')).b3multi(choice),
  jaeger: choice => (require('./jaeger') as typeof import('./jaeger')).jaeger(choice),
  ottrace: () => (require('./ottrace') as typeof import('./ottrace')).ottrace(),
  xray: () => (require('./xray') as typeof import('./xray')).xray()
}

/** Whether a header was written by somebody else in this process, who does not trace; `header` reads the others beside it. */
export type Besides = (name: string, value: string, header: (name: string) => string | undefined) => boolean
let besides: Besides | undefined
/** There is such a one from now on. What he writes is no context of the application's own: ids give way to ours, baggage is joined by ours. */
export function overlook (whose: Besides): void { besides = whose }

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
 * Write the span into a carrier, in every format. A context that the application has set itself stays: a format of which `get` finds one is not written.
 * With `isBlank` there is none, which `adopt` has seen: it is not looked for again.
 * What is never traced is never written.
 */
export function inject<C> (span: Span, carrier: C, set: Setter<C>, get?: Getter<C>, isBlank = false): void {
  const { trace } = span
  // Without ids there may still be baggage.
  const bare = trace.isNone
  if (bare && span.baggage === undefined) return
  // One bit a format. All are looked at before the first is written: two formats may know the same header.
  let taken = 0
  if (get !== undefined && !isBlank) for (let i = 0; i < formats.length; i++) if (hasOwn(formats[i], carrier, get, trace)) taken |= 1 << i
  for (let i = 0; i < formats.length; i++) if ((taken & 1 << i) === 0 && (!bare || formats[i].bare === true)) formats[i].inject(span, carrier, set, get)
}

/**
 * Whether the carrier has a context in this format that is the application's own. One that makes no sense is none, nor is what was only passed on
 * from the caller: a proxy copies what it was sent.
 */
function hasOwn<C> ({ fields, bare, extract }: Propagator, carrier: C, get: Getter<C>, trace: Trace): boolean {
  const headers = gathered(fields, carrier, get)
  if (headers === undefined) return false
  const found = extract(headers)
  if (bare === true) return found === undefined || !isSame(found.baggage, trace.entry?.baggage)
  return found !== undefined && (found.traceId === '' ? found.sampled === false : !trace.isCaller(found.spanId))
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
  const others = first.traceId !== '' && second.traceId !== '' && second.spanId !== first.spanId ? { others: [...first.others ?? [], second.spanId] } : undefined
  return { ...(later ? second : first), ...others, baggage: merged(first.baggage, second.baggage) }
}

/**
 * The context that the application itself has put into what it sends. Null if there is not even a header of one, so that `inject` need not look again; undefined if none of them has ids.
 * `get` reads a header by its lower-case name.
 */
export function adopt<C> (carrier: C, get: Getter<C>): Remote | null | undefined {
  const headers = gathered(known, carrier, get)
  if (headers === undefined) return null
  const remote = extract(headers)
  return remote === undefined || remote.traceId === '' ? undefined : remote
}

/** What this process was started with (see `startedWith`): the caller of whom that tells. */
export function inherit (headers: Headers): Remote | undefined {
  inherited = headers
  return extract(headers)
}
let inherited: Headers = {}

/**
 * What is to change in the environment of a process that is started in this span: variables and their values, undefined where one is to go.
 * A context that the application has put there itself stays; what this process was only started with is of the past.
 */
export function changesFor (span: Span, environment: (name: string) => string | undefined): Record<string, string | undefined> {
  const changes: Record<string, string | undefined> = {}
  if (span.trace.isNone) return changes
  for (const field in inherited) if (environment(variable(field)) === inherited[field]) changes[variable(field)] = undefined
  inject(span, changes, (changes, field, value) => { changes[variable(field)] = value },
    (changes, field) => variable(field) in changes ? undefined : environment(variable(field)))
  return changes
}

/** Some headers of a carrier that can only be asked by name, as far as they are the application's own; undefined if it has none of them. */
function gathered<C> (names: readonly string[], carrier: C, get: Getter<C>): Headers | undefined {
  let headers: Headers | undefined
  for (const name of names) {
    const value = get(carrier, name)
    if (value === undefined || (besides !== undefined && besides(name, value, name => get(carrier, name)))) continue
    headers ??= {}
    headers[name] = value
  }
  return headers
}
