/** A header that is to be told: its name in small letters, and the attribute that holds it. */
export interface Captured { readonly name: string, readonly key: `http.${'request' | 'response'}.header.${string}` }
/** What the settings say to the patches. Set once by start.ts, before any of them runs. */
export interface Options {
  /** The HTTP methods that are told by their name; others are `_OTHER` (semconv http 1.44). */
  methods: ReadonlySet<string>
  // Without a rule there is no function: what it would be told is then not looked for.
  /** Is this incoming request not to be traced, nor anything beneath it? Given its method and its path without query. */
  ignoresIncoming?: (method: string, path: string) => boolean
  /** Is a request to this host not to be traced, nor told of the trace? */
  ignoresOutgoing?: (host: string) => boolean
  /** Is this host to be told of the trace by headers? */
  propagatesTo?: (host: string) => boolean
  /** The headers that are to be told. */
  capture: Record<'serverRequest' | 'serverResponse' | 'clientRequest' | 'clientResponse', readonly Captured[]>
  /** A copy of the environment of this process. */
  environment (): Record<string, string | undefined>
  /** A variable of it that was meant for us alone, and is then gone. */
  take (name: string): string | undefined
  /** The fields of a log record for the ids of trace and span and for the flags, in this order; the last may be left out. */
  logFields: readonly string[]
}
const NONE: readonly Captured[] = []
export const options: Options = {
  methods: new Set(), environment: () => ({}), take: () => undefined, logFields: [],
  capture: { serverRequest: NONE, serverResponse: NONE, clientRequest: NONE, clientResponse: NONE }
}
