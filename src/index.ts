import type { Described } from './trace/described'
import type { Span } from './trace/span'

/**
 * autospan's own calls, for what is not traced by itself. They work through the preload, whatever copy of autospan it came from;
 * where there is no preload they cost next to nothing and do nothing but call what they are given.
 */
export type { Span }
export interface Options<A extends unknown[] = any[]> {
  /** The span's name; else the function's. */
  name?: string
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Attributes, or what makes them of the arguments of the call. */
  attributes?: Described | ((...args: A) => Described)
  /** 'debug': only where AUTOSPAN_LEVEL=debug. */
  level?: 'info' | 'debug'
}

/** What the preload offers; start.ts puts it in its place. */
export interface Live {
  run (name: string, options: Options, fn: Function, self: unknown, args: ArrayLike<unknown>): any
  active (): Span | undefined
  status (): Status
  flush (): Promise<void>
  setSampling (changes: Sampling): void
  enable (): void
  disable (): void
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
  /** Spans that an exporter brought away; with several exporters each of them counts. */
  exported: number
  /** Spans that AUTOSPAN_KEEP held back: those that were exported then, and those that were not. */
  held: { kept: number, passed: number }
  /** Spans that were lost, by where and why: `queue full`, `keep full`, `otlp refused`, `zipkin expired`. */
  dropped: Record<string, number>
  /** Each patch by its name: `on`, `off`, or `failed` if it was switched off for its failures. */
  patches: Record<string, 'on' | 'off' | 'failed'>
}

const KEY = Symbol.for('autospan.live')
const live = (): Live | undefined => (globalThis as { [KEY]?: Live })[KEY]

/** Where a span is asked for and none is recorded: it takes everything and keeps nothing. */
const NO_SPAN = Object.freeze({
  spanContext: () => ({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }),
  isRecording: () => false,
  setAttribute () { return NO_SPAN }, setAttributes () { return NO_SPAN }, addEvent () { return NO_SPAN }, addLink () { return NO_SPAN },
  addLinks () { return NO_SPAN }, setStatus () { return NO_SPAN }, updateName () { return NO_SPAN }, recordException () {}, end () {}, fail () {}
}) as unknown as Span

/**
 * Call `fn` with a new span, which is active in it and ends with it: when it returns, or when the promise settles that it returned.
 * What it throws goes onto the span, and on: the very same error.
 */
export function span<T> (name: string, fn: (span: Span) => T): T
export function span<T> (name: string, options: Options, fn: (span: Span) => T): T
export function span<T> (name: string, options: Options | ((span: Span) => T), fn?: (span: Span) => T): T {
  const body = (fn ?? options) as (span: Span) => T
  const given = typeof options === 'function' ? {} : options
  const tracer = live()
  return tracer === undefined ? body(NO_SPAN) : tracer.run(name, given, () => body(tracer.active() ?? NO_SPAN), undefined, [])
}

/** The same function, with a span around each of its calls: sync, async, generators. Also a decorator of methods, in both of TypeScript's ways: `@traced()`. */
export function traced<F extends (...args: any[]) => any> (fn: F, options?: Options<Parameters<F>>): F
export function traced (options?: Options): any
export function traced (subject?: Function | Options, options: Options = {}): any {
  if (typeof subject === 'function') return around(subject, options)
  return (target: any, context: any, descriptor?: PropertyDescriptor): any => {
    const given = subject ?? {}
    // Standard decorators are given the method and a context; the legacy ones a prototype, a key and a descriptor.
    if (descriptor === undefined) return around(target, { name: String(context.name), ...given })
    descriptor.value = around(descriptor.value, { name: String(context), ...given })
    return descriptor
  }
}

function around (fn: Function, options: Options): Function {
  const name = options.name ?? (fn.name || 'anonymous')
  const wrapper = function (this: unknown): unknown {
    const tracer = live()
    return tracer === undefined ? fn.apply(this, arguments) : tracer.run(name, options, fn, this, arguments)
  }
  for (const key of ['name', 'length']) Object.defineProperty(wrapper, key, { ...Object.getOwnPropertyDescriptor(fn, key), configurable: true })
  return wrapper
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

/** Do not trace, from the next call on: wrapped functions go straight through. */
export const disable = (): void => live()?.disable()
