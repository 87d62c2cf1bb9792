/** The door: the whole vocabulary of a patch. Files under patches/ import from here, and from patches/lib, and from nowhere else. */
export type { Layer, Patch, Part, Wrap, Tap, Trace, Begin, Met } from './hook/contract'
export type { Remote, Span } from './trace/span'
export type { Attributes } from './trace/semconv'
export type { Scope } from './trace/context'
export { active, enter, here, keep, NOBODY, within } from './trace/context'
export { frameOf, resumed } from './trace/frame'
export { SILENT, told } from './trace/span'
export { child } from './trace/tracer'
export { routed, servedIn } from './trace/route'
export { retell } from './trace/words'
export { adopt, changesFor, extract, inject } from './propagation'
export { options, type Captured } from './hook/options'
export { cede } from './hook/fuse'
export { byTcp, byTls } from './export/origin'
export { redacted } from './secret'

/** A copy of OpenTelemetry's API looks for what is registered. Not loaded before one does. */
export const opentelemetry = (place: string | symbol): void => require('./api/register').register(place)
/** A copy of Sentry's SDK looks for what it shares with others. Not loaded before one does. */
export const sentry = (place: string | symbol): void => require('./api/sentry').attend(place)
/** The file of OpenTracing's API that holds the global tracer was loaded, or that of Jaeger's client that makes tracers. Nothing of it before. */
export const opentracing = (globals: unknown): void => require('./api/jaeger').opentracing(globals)
export const jaegerClient = (configuration: unknown): void => require('./api/jaeger').jaegerClient(configuration)
