import type { Scope } from '../trace/context'
import type { Kind, Remote, Span } from '../trace/span'

/** All we know of one library. One file under patches/ holds one of these: data, and a few pure functions. */
export interface Patch {
  /** One line, for the README. */
  about: string
  /** It is off unless it is asked for: by its switch, or by its name in the list of those that are on. */
  onDemand?: true
  /** Of one package the newest versions come last: a version newer than all of them is taken for one of those. */
  parts: Part[]
}

/** One file of a package, in one range of its versions. */
export interface Part {
  /** The `name` in its package.json, or a Node builtin. */
  module: string
  /** semver; '*' for a builtin. */
  versions: string
  /** Inside the package, as in 'lib/client.js'. Left out for a builtin, and where only channels are listened to. */
  file?: string
  /** What a file named index.js is known by, for half of all packages have one: the name of the function that it exports, or of one among its exports. */
  exports?: string
  /** A method -> a span. */
  wrap?: Wrap[]
  /** A method -> a look. */
  tap?: Tap[]
  /** What is applied besides if AUTOSPAN_<PATCH>_MIDDLEWARE asks for a span of each layer. */
  layers? (layer: Layer): Pick<Part, 'wrap' | 'tap'>
  /** A channel -> a span: the library publishes a TracingChannel. */
  trace?: Trace[]
  /** A channel -> a span that stays open: another channel tells of its end. */
  begin?: Begin[]
  /** The exports -> a look, when they are whole. */
  loaded? (exports: any): void
  /** Where on globalThis the copies of the package meet: a look before the first of them looks. */
  place?: Place
  /** A channel -> a look. */
  on?: Record<string, (message: any) => void>
  /** A channel -> a look at the methods of a class that nobody exports, but whose objects are met in the channel's messages. */
  met?: Met[]
}

/** What is to be known of a patch before anything comes that it is for; the patch itself is loaded when something does. See outline.ts. */
export interface Outline {
  onDemand?: true
  /** In the order of the patch's own. */
  parts: PartOutline[]
  /** Loads the patch. */
  whole (): Patch
}

export interface PartOutline extends Pick<Part, 'module' | 'versions' | 'file' | 'exports'> {
  /** It has layers. */
  layered?: true
  /** The channels that are listened to. */
  listens?: { trace?: string[], begin?: string[], on?: string[], met?: string[] }
  /** The key of its place. */
  place?: Place['key']
}

/** Every function but `of` runs quietly: what it throws never reaches the application. */
export interface Wrap {
  /** Who holds the method; undefined: not in this version. */
  of (exports: any): any
  method: string
  kind: Kind
  /** Before all else, also while everything is switched off: put the arguments where they are looked for, keep a context. */
  before? (self: any, args: any): void
  /** Not this call. */
  skip? (self: any, args: any): boolean
  /** Not this call, nor anything beneath it. */
  ignore? (self: any, args: any): boolean
  /** Who called? For a server or consumer: the caller of this process. For a client: the context that the application itself put into what is sent; null: there is nothing of one in there. */
  from? (self: any, args: any): Remote | null | undefined
  /** What the caller wants, as 'GET /orders/7', of a server. Runs only if the sampler decides by it. */
  request? (self: any, args: any): string
  /** Name it, describe it. Runs only when it is recorded. */
  start (span: Span, self: any, args: any): void
  /** Write the context into what is sent or served, recorded or not; the span is the new one, else the active one. `isBlank`: `from` said null. */
  carry? (span: Span, self: any, args: any, isBlank: boolean): void
  /** Nothing beneath it is traced, and nothing of the application's runs in it: it is called in its caller's context, and spared one of its own. */
  leaf?: true
  /** The last argument is a function, but no callback that says how the call went: a listener. */
  listens?: true
  /** Who is told how the call went: an object of the library's whose own `resolve` or `reject` will be called. No promise is touched. */
  settles? (self: any, args: any): { resolve: Function, reject: Function }
  /** Say when the span ends. Left out: the callback if the last argument is one, else the promise or emitter returned, else the return. */
  ends? (span: Span, out: any, self: any, args: any): void
  /** Look at what came back. */
  result? (span: Span, out: any): void
  /** Look at the error it failed with, which is on the span already. */
  failed? (span: Span, error: any): void
}

/**
 * Makes a layer of a function that the framework is handed: each of its calls is a span, told of if `slow:<ms>` does not leave it out.
 * `as` is what `start` is given of it. What is no function is returned as it is.
 */
export type Layer = <F>(fn: F, point: Omit<Wrap, 'of' | 'method' | 'start'> & { start (span: Span, self: any, args: any, as: any): void }, as?: unknown) => F

export interface Tap {
  of (exports: any): any
  method: string | symbol
  /** The method is not the one to look at: it is handed the one, as this argument, and calls it later. */
  argument?: number
  /** What the method is called on has methods of its own, to be looked at when it has returned. */
  own?: Array<Omit<Tap, 'of'>>
  /** Also once the patch is switched off for its failures: it counts, and may miss none. */
  always?: true
  /** Not this call, by its first argument. For what is called often and seldom concerns us: what is not looked at costs next to nothing. */
  skip? (self: any, first: any): boolean
  before? (self: any, args: any): void
  after? (self: any, out: any, args: any): void
  /** What the caller gets in the place of what came back; undefined: that. */
  answers? (self: any, out: any, args: any): any
  /** The context in which the method is to run, if it is not to run in the caller's: the frame of a span, or NOBODY. */
  inside? (self: any, args: any): Scope | undefined
}

/** Finds a package that leaves no trace in the module loader, too: an ES module, a part of a bundle. */
export interface Place {
  /** On globalThis. */
  key: string | symbol
  /** Somebody looks at the place for the first time, or something was there before us. Called once, to put there what he is to find. */
  asked (place: string | symbol): void
}

export interface Met {
  channel: string
  /** Who holds the methods. */
  of (message: any): any
  tap: Array<Omit<Tap, 'of'>>
}

export interface Trace {
  /** The name of a TracingChannel, without `tracing:`. */
  channel: string
  kind: Kind
  /** Not this message. */
  skip? (message: any): boolean
  start (span: Span, message: any): void
  result? (span: Span, message: any): void
  failed? (span: Span, error: any): void
}

/** A library tells of the calls it sends on plain channels, whose messages have one object in common. As in Wrap, every function runs quietly. */
export interface Begin {
  channel: string
  kind: Kind
  /** Not this call: neither traced nor told of the trace. */
  ignore? (message: any): boolean
  /** The context that the application itself put into what is sent; null: there is nothing of one in there. */
  from? (message: any): Remote | null | undefined
  /** Name it, describe it, and keep it for its end. Runs only when it is recorded. */
  start (span: Span, message: any): void
  /** Write the context into what is sent, recorded or not; the span is the new one, else the active one. `isBlank`: `from` said null. */
  carry (span: Span, message: any, isBlank: boolean): void
}
