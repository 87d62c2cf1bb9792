import { hexOf } from '../trace/id'
import type { Remote, Span } from '../trace/span'

/** Incoming headers, with lower-case names, as Node gives them; joined by ', ' already where a header came several times. */
export type Headers = Record<string, string | string[] | undefined>
/** How one header is written into what carries it, in the place of one of the same name. */
export type Setter<C> = (carrier: C, name: string, value: string) => void
/** A carrier's header, by its lower-case name. */
export type Getter<C> = (carrier: C, name: string) => string | undefined

/** One wire format: how a span is written into headers, and read back. */
export interface Propagator {
  /** The names of the headers that a context is known by, lower case. */
  fields: readonly string[]
  /** It can be written without ids. */
  bare?: true
  /** None of `fields` is the application's own; `get` tells of other headers. */
  inject<C> (span: Span, carrier: C, set: Setter<C>, get?: Getter<C>): void
  /** What the headers say; undefined if they say nothing, or nothing valid. Never throws. A new object each time. */
  extract (headers: Headers): Remote | undefined
}

/** What the settings say to the formats. */
export interface Choice {
  /** Whether a debug flag from outside counts. */
  trustDebug: boolean
  /** Whether a server goes on with its caller's span (B3). */
  sharedSpans: boolean
}

/** One header's value, white space about it gone; undefined if it is empty or not there. */
export const one = (value: string | string[] | undefined): string | undefined => (typeof value === 'object' ? value.join(', ') : value)?.trim() || undefined

/** A hex id in our own form: lower case, padded with zeros on its left to 32 digits or 16; undefined if it is no id, is too long, or is all zero. */
export function idOf (text: string | undefined, digits: 16 | 32): string | undefined {
  return text === undefined || ZERO.test(text) ? undefined : hexOf(text, digits)
}
const ZERO = /^0*$/

/** A trace id as those know it that have 64 bits only, and 128 bits where it has them: what came in short goes out short. */
export const shortest = (traceId: string): string => traceId.startsWith('0000000000000000') ? traceId.slice(16) : traceId
