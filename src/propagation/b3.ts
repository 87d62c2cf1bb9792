import type { Remote, Span } from '../trace/span'
import { FIELDS } from './fields'
import { idOf, one, shortest, type Choice, type Getter, type Headers, type Propagator, type Setter } from './propagator'

// {trace}-{span}[-{0, 1 or d}][-{parent}]. A parent that is none (Envoy: '-') is no reason to lose the rest.
const SINGLE = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d]))?(?:-([0-9a-f]{16}|-)?)?$/i

// '3' is what Jaeger's client for Ruby says for debug.
const STATES = new Map<string, boolean | 'debug'>([['1', true], ['true', true], ['0', false], ['false', false], ['d', 'debug'], ['3', 'debug']])

/**
 * B3 in one header, `b3`. Both forms are read, the one header first (OpenTelemetry, B3 requirements). Where the other form is there already,
 * for a proxy has copied it, it is written, too: readers that know both take the one header.
 */
export const b3 = (choice: Choice): Propagator => ({
  fields: FIELDS.b3,
  inject (span, carrier, set, get) {
    writeSingle(span, carrier, set, choice)
    if (get !== undefined && FIELDS.b3.some(name => name !== 'b3' && get(carrier, name) !== undefined)) writeMulti(span, carrier, set, get, choice)
  },
  extract: headers => single(headers, choice) ?? multi(headers, choice)
})

/** B3 in several headers, `X-B3-*`. Both forms are read, and written, as with the one. `X-B3-Sampled` is always sent: there are readers that fail without. */
export const b3multi = (choice: Choice): Propagator => ({
  fields: FIELDS.b3multi,
  inject (span, carrier, set, get) {
    writeMulti(span, carrier, set, get, choice)
    if (get?.(carrier, 'b3') !== undefined) writeSingle(span, carrier, set, choice)
  },
  extract: headers => single(headers, choice) ?? multi(headers, choice)
})

function writeSingle<C> ({ trace, id, parent }: Span, carrier: C, set: Setter<C>, { sharedSpans }: Choice): void {
  const state = trace.debug ? 'd' : trace.sampled ? '1' : '0'
  set(carrier, 'b3', `${shortest(trace.id)}-${id}-${state}${sharedSpans && parent !== '' ? `-${parent}` : ''}`)
}

function writeMulti<C> ({ trace, id, parent }: Span, carrier: C, set: Setter<C>, get: Getter<C> | undefined, { sharedSpans }: Choice): void {
  // Of what is there already nothing may stay: it is of another span.
  const isThere = (name: string): boolean => get?.(carrier, name) !== undefined
  set(carrier, 'x-b3-traceid', shortest(trace.id))
  set(carrier, 'x-b3-spanid', id)
  set(carrier, 'x-b3-sampled', trace.sampled ? '1' : '0')
  if (trace.debug || isThere('x-b3-flags')) set(carrier, 'x-b3-flags', trace.debug ? '1' : '0')
  if (parent !== '' && (sharedSpans || isThere('x-b3-parentspanid'))) set(carrier, 'x-b3-parentspanid', parent)
}

function single (headers: Headers, choice: Choice): Remote | undefined {
  const text = first(headers.b3)
  if (text === undefined) return undefined
  if (text.length === 1) return told('', '', text, undefined, choice)
  const match = SINGLE.exec(text)
  return match === null ? undefined : identified(match[1], match[2], match[3], match[4], choice)
}

function multi (headers: Headers, choice: Choice): Remote | undefined {
  const traceId = first(headers['x-b3-traceid'])
  const spanId = first(headers['x-b3-spanid'])
  const state = first(headers['x-b3-flags']) === '1' && choice.trustDebug ? 'd' : first(headers['x-b3-sampled'])
  // A state without any ids is one; half of the ids is nothing at all.
  if (traceId === undefined && spanId === undefined) return told('', '', state, undefined, choice)
  if (traceId === undefined || spanId === undefined) return undefined
  // Ids without their leading zeros are taken: so does Jaeger's client for Node send one in sixteen of its own.
  return identified(traceId, spanId, state, first(headers['x-b3-parentspanid']), choice)
}

/** The first of several headers of one name. */
const first = (value: string | string[] | undefined): string | undefined => one(value)?.split(',', 1)[0].trim() || undefined

function identified (trace: string, span: string, state: string | undefined, parent: string | undefined, choice: Choice): Remote | undefined {
  const traceId = idOf(trace, 32)
  const spanId = idOf(span, 16)
  return traceId === undefined || spanId === undefined ? undefined : told(traceId, spanId, state, parent, choice)
}

/** Accept, deny, debug; anything else leaves it to us. A state alone, without ids, says no more than that. */
function told (traceId: string, spanId: string, state: string | undefined, parent: string | undefined, { trustDebug, sharedSpans }: Choice): Remote | undefined {
  const known = state === undefined ? undefined : STATES.get(state.toLowerCase())
  const debug = known === 'debug' && trustDebug
  const sampled = known === 'debug' ? debug || undefined : known
  if (traceId === '' && sampled === undefined) return undefined
  return {
    traceId, spanId, sampled, random: false, state: undefined, baggage: undefined, debug,
    sharedParent: sharedSpans && traceId !== '' ? idOf(parent, 16) ?? '' : undefined
  }
}
