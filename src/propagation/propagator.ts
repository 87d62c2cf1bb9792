import type { Remote, Span } from '../trace/span'

/** Incoming headers, with lower-case names, as Node gives them; `join`ed already where a header came several times. */
export type Headers = Record<string, string | string[] | undefined>
/** How one header is written into what carries it. */
export type Setter<C> = (carrier: C, name: string, value: string) => void

/** One wire format: how a span is written into headers, and read back. */
export interface Propagator {
  /** The names of the headers it writes its ids into, lower case. */
  fields: string[]
  inject<C> (span: Span, carrier: C, set: Setter<C>): void
  /** What the headers say; undefined if they say nothing, or nothing valid. Never throws. */
  extract (headers: Headers): Partial<Remote> | undefined
}
