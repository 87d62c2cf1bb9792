/**
 * autospan's own calls, for what is not traced by itself. They work through the preload, whatever copy of autospan it came from;
 * where there is no preload they do nothing but call what they are given, and `traced` returns the function that it was given.
 */

export type AttributeValue = string | number | boolean | ReadonlyArray<string | null | undefined> | ReadonlyArray<number | null | undefined> | ReadonlyArray<boolean | null | undefined>
export interface Attributes { [name: string]: AttributeValue | undefined }

export interface SpanContext {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits. */
  spanId: string
  /** 1: sampled. */
  traceFlags: number
  isRemote?: boolean
}

/** Milliseconds since the epoch, or of performance.now(); a Date; seconds and nanoseconds since the epoch. */
export type Time = number | Date | [number, number]

/** A span, as OpenTelemetry's API (1.x) has it. It is that very object: what takes OpenTelemetry's Span takes this one, too. */
export interface Span {
  spanContext (): SpanContext
  isRecording (): boolean
  setAttribute (name: string, value: AttributeValue): this
  setAttributes (attributes: Attributes): this
  addEvent (name: string, attributesOrTime?: Attributes | Time, at?: Time): this
  addLink (link: { context: SpanContext, attributes?: Attributes }): this
  addLinks (links: Array<{ context: SpanContext, attributes?: Attributes }>): this
  /** 0: unset, 1: ok, 2: error. */
  setStatus (status: { code: number, message?: string }): this
  updateName (name: string): this
  recordException (error: unknown, at?: Time): void
  end (at?: Time): void
}

export interface Options<A extends any[] = any[]> {
  /** The span's name; else that of the function, or of the class and the method. */
  name?: string
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Attributes, or what makes them of the arguments of the call. */
  attributes?: Attributes | ((...args: A) => Attributes)
  /** 'debug': only where AUTOSPAN_LEVEL=debug. */
  level?: 'info' | 'debug'
}

/** How traces that begin from now on are sampled; what is left out stays as it is. */
export interface Sampling {
  /** The share of all traces, from 0 to 1, in the place of the sampler of the settings. */
  ratio?: number
  /** What goes before it, as in AUTOSPAN_SAMPLE: 'GET /health*=0, POST /orders/**=1'. Empty: nothing. */
  rules?: string
}

/** What became of everything since the process started. */
export interface Status {
  /** Whether calls are traced now. */
  enabled: boolean
  /** Traces that began here, those that a caller began, and how many of both are sampled. */
  traces: { started: number, joined: number, sampled: number }
  /** Spans that are recorded: those that were started, and those of them that have ended and are to be exported. */
  started: number
  ended: number
  /** Spans that have not ended yet, and those too many of them to be looked after: they alone are not told of as unfinished if the process ends. */
  open: number
  forgotten: number
  /** Spans that an exporter brought away; with several exporters each of them counts. */
  exported: number
  /** Spans that AUTOSPAN_KEEP held back: those that were exported then, and those that were not. */
  held: { kept: number, passed: number }
  /** Spans that were lost, by where and why: `queue full`, `keep full`, `otlp refused`, `zipkin expired`. */
  dropped: Record<string, number>
  /** Each patch by its name: `on`, `off`, or `failed` if it was switched off for its failures. */
  patches: Record<string, 'on' | 'off' | 'failed'>
}

/** What the preload offers; start.ts puts it in its place. */
export interface Live {
  /** `none` stands for a span that is not made. */
  span (name: string, options: Options, fn: (span: Span) => any, none: Span): any
  traced (fn: Function, options: Options): Function
  decorated (options: Options, subject: any, context: any, descriptor: PropertyDescriptor | undefined): any
  active (): Span | undefined
  status (): Status
  flush (): Promise<void>
  setSampling (changes: Sampling): void
  enable (): void
  disable (): void
  collect (): any
}

const KEY = Symbol.for('autospan.live')
const live = (): Live | undefined => (globalThis as { [KEY]?: Live })[KEY]

/** Where a span is asked for and none is made: it takes everything and keeps nothing. */
const NONE: Span = Object.freeze({
  spanContext: () => ({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }),
  isRecording: () => false,
  setAttribute () { return this }, setAttributes () { return this }, addEvent () { return this }, addLink () { return this },
  addLinks () { return this }, setStatus () { return this }, updateName () { return this }, recordException () {}, end () {}
})

/**
 * Call `fn` with a new span, which is active in it and ends with it: when it returns, or when the promise settles that it returned.
 * What it throws goes onto the span, and on: the very same error.
 */
export function span<T> (name: string, fn: (span: Span) => T): T
export function span<T> (name: string, options: Options<[]>, fn: (span: Span) => T): T
export function span<T> (name: string, options: Options<[]> | ((span: Span) => T), fn?: (span: Span) => T): T {
  const body = fn ?? options as (span: Span) => T
  const tracer = live()
  return tracer === undefined ? body(NONE) : tracer.span(name, typeof options === 'function' ? {} : options ?? {}, body, NONE)
}

/** `@traced()`: of a method, or of a field that holds a function; standard decorators, and TypeScript's legacy ones. `A`: the first arguments, at least. */
export interface Decorator<A extends any[]> {
  <F extends (...args: [...A, ...any[]]) => any> (method: F, context: { kind: 'method', name: string | symbol }): F | undefined
  (field: undefined, context: { kind: 'field', name: string | symbol }): (<F extends (...args: [...A, ...any[]]) => any>(initial: F) => F) | undefined
  <F extends (...args: [...A, ...any[]]) => any> (holder: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void
}

/**
 * The same function with a span around each of its calls, until it returns, until its promise is settled, or, of a generator, from the first
 * step to the last. `new`, `this`, name and length are as they were.
 */
export function traced<F extends (...args: any[]) => any> (fn: F, options?: Options<Parameters<F>>): F
export function traced<A extends any[]> (options?: Options<A>): Decorator<A>
export function traced (subject: Function | Options = {}, options: Options = {}): any {
  const tracer = live()
  if (typeof subject === 'function') return tracer === undefined ? subject : tracer.traced(subject, options ?? {})
  return (target: any, context: any, descriptor?: PropertyDescriptor) => tracer?.decorated(subject, target, context, descriptor)
}

/** The active span; undefined if there is none. */
export const active = (): Span | undefined => live()?.active()

/** What was started, exported and dropped, and what became of each patch; undefined without the preload. */
export const status = (): Status | undefined => live()?.status()

/** Send what waits. Settles when it is sent, or given up. */
export const flush = async (): Promise<void> => { await live()?.flush() }

/**
 * Sample otherwise from the next trace on: `setSampling({ ratio: 0.1 })`. A caller's decision goes on to hold as the settings say.
 * What makes no sense is a TypeError that says why, and changes nothing; without the preload nothing is looked at.
 */
export const setSampling = (changes: Sampling): void => live()?.setSampling(changes)

/** Trace again, from the next call on. */
export const enable = (): void => live()?.enable()

/** Do not trace, from the next call on: wrapped functions go straight through. Spans that are open still end. */
export const disable = (): void => live()?.disable()
