// A tracer of one's own, registered by the newest API as an ES module; some of it is asked for before.
import { context, diag, metrics, propagation, trace } from 'api-1.10'
import { context as olderContext, trace as older } from '@opentelemetry/api'

const said = []
const logger = Object.fromEntries(['error', 'warn', 'info', 'debug', 'verbose'].map(level => [level, text => said.push(`${level}: ${text}`)]))
const before = trace.getTracer('before')
before.startSpan('traced by autospan').end()
const meters = { getMeter: name => ({ name }) }
console.log(metrics.setGlobalMeterProvider(meters), metrics.getMeter('mine').name, diag.setLogger(logger, 30))
before.startSpan('traced by autospan, too').end()

const made = []
const span = { spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }), end () {} }
const provider = { getTracer: name => ({ startSpan: what => { made.push(`${name}: ${what}`); return span }, startActiveSpan: (what, fn) => { made.push(`${name}: ${what}`); return fn(span) } }) }
const manager = { active: () => 'their context', with: (_, fn) => fn(), bind: (_, target) => target, enable () { return this }, disable () { return this } }
console.log(context.setGlobalContextManager(manager), context.active() === 'their context')
before.startSpan('traced by autospan, still').end()
console.log(trace.setGlobalTracerProvider(provider), propagation.setGlobalPropagator({ inject () {}, extract: context => context, fields: () => ['their-header'] }))

before.startSpan('by their tracer').end()
before.startActiveSpan('by their tracer, active', span => span.end())
trace.getTracer('after').startSpan('by their tracer, later').end()
console.log(made, context.active(), propagation.fields(), metrics.getMeter('mine').name)
// As without us: a copy of an older minor version sees it, one of a newer would not.
console.log(older.getTracer('older').startSpan('by an older copy') === span, olderContext.active())
console.log(trace.setGlobalTracerProvider(provider), said.filter(text => text.startsWith('error')).map(text => text.split('\n')[0]))
