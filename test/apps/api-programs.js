// Many small programs on OpenTelemetry's API. Each has a tracer of its own name, and may say something of what it saw.
const { context, createContextKey, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, isSpanContextValid, INVALID_SPAN_CONTEXT } = require('@opentelemetry/api')
const { EventEmitter } = require('node:events')
const { suppressTracing, unsuppressTracing, isTracingSuppressed } = require('@opentelemetry/core')

// A moment long ago, so that who compares knows it from now.
const THEN = 1_700_000_000_000
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const KEY = createContextKey('color')
const later = () => new Promise(resolve => setTimeout(resolve, 2))

const programs = {
  'a span' (tracer) { tracer.startSpan('alone').end() },
  'a parent by context' (tracer) {
    const parent = tracer.startSpan('parent')
    tracer.startSpan('child', undefined, trace.setSpan(context.active(), parent)).end()
    tracer.startSpan('stranger').end()
    parent.end()
  },
  'active: with a function' (tracer) { return tracer.startActiveSpan('outer', span => { tracer.startSpan('inner').end(); span.end(); return 'what it returns' }) },
  'contexts in JSON' (tracer) {
    const span = tracer.startSpan('a')
    const made = trace.setSpan(context.active(), span)
    span.end()
    return Object.keys(JSON.parse(JSON.stringify(context.with(made, () => ({ made, active: context.active() })))))
  },
  'active: without a function' (tracer) { return tracer.startActiveSpan('outer') },
  'active: with options' (tracer) { tracer.startActiveSpan('outer', { kind: SpanKind.SERVER }, span => { tracer.startSpan('inner', { kind: SpanKind.CLIENT }).end(); span.end() }) },
  'active: with a context' (tracer) {
    const parent = tracer.startSpan('parent')
    tracer.startActiveSpan('outer', {}, trace.setSpan(ROOT_CONTEXT, parent).setValue(KEY, 'red'), span => {
      tracer.startSpan('inner').end()
      span.end()
      parent.end()
    })
  },
  'active: undefined for options and context' (tracer) { tracer.startActiveSpan('outer', undefined, undefined, span => { tracer.startSpan('inner').end(); span.end() }) },
  'active: values of the given context' (tracer) { return tracer.startActiveSpan('outer', {}, context.active().setValue(KEY, 'red'), span => { span.end(); return context.active().getValue(KEY) }) },
  'active: it throws, and the span goes on' (tracer) {
    let seen
    try { tracer.startActiveSpan('outer', span => { seen = span; throw new Error('thrown') }) } catch (error) { seen.end(); return error.message }
  },
  async 'active: across promises' (tracer) {
    await tracer.startActiveSpan('outer', async span => {
      await later()
      tracer.startSpan('after').end()
      await Promise.all([1, 2].map(async i => tracer.startActiveSpan(`task ${i}`, async span => { await later(); tracer.startSpan(`in task ${i}`).end(); span.end() })))
      span.end()
    })
    return trace.getActiveSpan() === undefined
  },
  async 'active: timers, ticks and microtasks' (tracer) {
    await tracer.startActiveSpan('outer', span => new Promise(resolve => {
      process.nextTick(() => tracer.startSpan('tick').end())
      queueMicrotask(() => tracer.startSpan('microtask').end())
      setImmediate(() => { tracer.startSpan('immediate').end(); span.end(); resolve() })
    }))
  },
  'a child outlives its parent' (tracer) {
    const parent = tracer.startSpan('parent')
    const child = tracer.startSpan('child', {}, trace.setSpan(context.active(), parent))
    parent.end()
    tracer.startSpan('grandchild', {}, trace.setSpan(context.active(), child)).end()
    child.end()
    tracer.startSpan('late', {}, trace.setSpan(context.active(), parent)).end()
  },
  'root' (tracer) {
    tracer.startActiveSpan('outer', span => {
      tracer.startSpan('new trace', { root: true }).end()
      tracer.startActiveSpan('new active trace', { root: true }, span => { tracer.startSpan('in it').end(); span.end() })
      tracer.startSpan('without context', {}, ROOT_CONTEXT).end()
      span.end()
    })
  },
  'kinds' (tracer) { for (const [name, kind] of Object.entries(SpanKind)) if (typeof kind === 'number') tracer.startSpan(name, { kind }).end() },
  'attributes at the start' (tracer) { tracer.startSpan('s', { attributes: { text: 'a', number: 1.5, whole: 3, yes: true, no: false, list: ['a', 'b'], numbers: [1, 2], truths: [true], empty: [] } }).end() },
  'attributes later' (tracer) {
    const span = tracer.startSpan('s', { attributes: { a: 1, b: 1 } })
    span.setAttribute('b', 2).setAttribute('c', 3).setAttributes({ a: 4, d: 5 })
    span.end()
  },
  'attributes that are none' (tracer) {
    const span = tracer.startSpan('s', { attributes: { nothing: null, absent: undefined, object: { a: 1 }, fn () {}, mixed: [1, 'a'], nested: [[1]], date: new Date(0), good: 'yes' } })
    span.setAttribute('', 'no name').setAttribute('object', {}).setAttribute('symbol', Symbol('s')).setAttribute('big', 10n)
    span.setAttribute('with holes', ['a', null, 'b']).setAttribute('good', null).setAttribute('nan', 'still')
    span.end()
  },
  'attributes are copied' (tracer) {
    const list = ['a']
    const attributes = { list, own: 'before' }
    const span = tracer.startSpan('s', { attributes })
    attributes.own = 'after'
    span.end()
  },
  'attributes with strange names' (tracer) { tracer.startSpan('s').setAttributes({ constructor: 'a', toString: 'b', 'with space': 'c', ünïcode: 'd' }).end() },
  'too many attributes' (tracer) {
    const span = tracer.startSpan('s')
    for (let i = 0; i < 140; i++) span.setAttribute(`key ${i}`, i)
    span.setAttribute('key 3', 'changed').end()
  },
  'events' (tracer) {
    const span = tracer.startSpan('s')
    span.addEvent('bare').addEvent('described', { a: 1, bad: {} }).addEvent('at', THEN + 1).addEvent('described at', { b: 'x' }, THEN + 2)
    span.addEvent('by date', new Date(THEN + 3)).addEvent('by hrtime', [THEN / 1000, 4_000_000]).addEvent('both', {}, [THEN / 1000, 5_000_000])
    span.end()
  },
  'exceptions' (tracer) {
    const span = tracer.startSpan('s')
    const plain = new TypeError('wrong')
    plain.stack = 'the stack'
    span.recordException(plain)
    span.recordException('a text', THEN)
    span.recordException({ code: 'ECONNREFUSED', message: 'refused' })
    span.recordException({ code: 42, name: 'Named' })
    span.recordException({ name: 'Only a name' })
    span.recordException({ message: 'only a message' })
    span.recordException({})
    span.recordException({ code: 0, name: 'Zero', message: '' })
    span.end()
  },
  'status' (tracer) {
    tracer.startSpan('unset').end()
    tracer.startSpan('ok').setStatus({ code: SpanStatusCode.OK }).end()
    tracer.startSpan('error').setStatus({ code: SpanStatusCode.ERROR }).end()
    tracer.startSpan('error with words').setStatus({ code: SpanStatusCode.ERROR, message: 'why' }).end()
    tracer.startSpan('error, then ok').setStatus({ code: SpanStatusCode.ERROR, message: 'why' }).setStatus({ code: SpanStatusCode.OK }).end()
    tracer.startSpan('error twice').setStatus({ code: SpanStatusCode.ERROR, message: 'first' }).setStatus({ code: SpanStatusCode.ERROR, message: 'second' }).end()
    tracer.startSpan('words that are none').setStatus({ code: SpanStatusCode.ERROR, message: 42 }).end()
  },
  'a new name' (tracer) { tracer.startSpan('before').updateName('after').end() },
  'links at the start' (tracer) {
    const other = tracer.startSpan('other')
    const span = tracer.startSpan('s', { links: [{ context: other.spanContext() }, { context: { traceId: TRACE, spanId: SPAN, traceFlags: 1 }, attributes: { why: 'elsewhere', bad: {} } }] })
    span.end()
    other.end()
  },
  'links later' (tracer) {
    const other = tracer.startSpan('other')
    const span = tracer.startSpan('s')
    span.addLink?.({ context: other.spanContext(), attributes: { n: 1 } })
    span.addLinks?.([{ context: { traceId: TRACE, spanId: SPAN, traceFlags: 0 } }])
    span.end()
    other.end()
  },
  'times: milliseconds' (tracer) { tracer.startSpan('s', { startTime: THEN }).end(THEN + 1500) },
  'times: dates' (tracer) { tracer.startSpan('s', { startTime: new Date(THEN) }).end(new Date(THEN + 1)) },
  'times: hrtime' (tracer) { tracer.startSpan('s', { startTime: [THEN / 1000, 250_000_000] }).end([THEN / 1000 + 2, 0]) },
  'times: of the process' (tracer) {
    const span = tracer.startSpan('s', { startTime: performance.now() - 5 })
    span.end(performance.now())
  },
  'times: the end before the start' (tracer) { tracer.startSpan('s', { startTime: THEN }).end(THEN - 1000) },
  'the end, twice' (tracer) {
    const span = tracer.startSpan('s', { startTime: THEN })
    span.end(THEN + 1)
    span.end(THEN + 2)
  },
  'nothing is set after the end' (tracer) {
    const span = tracer.startSpan('s', { attributes: { a: 1 } })
    const before = span.isRecording()
    span.end()
    span.setAttribute('a', 2).setAttributes({ b: 2 }).addEvent('late').setStatus({ code: SpanStatusCode.ERROR }).updateName('late')
    span.recordException(new Error('late'))
    span.addLink?.({ context: { traceId: TRACE, spanId: SPAN, traceFlags: 1 } })
    return [before, span.isRecording()]
  },
  'a span context' (tracer) {
    const span = tracer.startSpan('s')
    const { traceId, spanId, traceFlags, isRemote } = span.spanContext()
    span.end()
    return [/^[0-9a-f]{32}$/.test(traceId), /^[0-9a-f]{16}$/.test(spanId), traceFlags & 1, isRemote ?? false, isSpanContextValid(span.spanContext()), span.spanContext().spanId === spanId]
  },
  'the active span' (tracer) {
    const seen = [trace.getActiveSpan() === undefined]
    const span = tracer.startSpan('s')
    seen.push(trace.getActiveSpan() === undefined)
    context.with(trace.setSpan(context.active(), span), () => { seen.push(trace.getActiveSpan() === span, trace.getSpan(context.active()) === span) })
    context.with(trace.deleteSpan(trace.setSpan(context.active(), span)), () => { seen.push(trace.getActiveSpan() === undefined) })
    span.end()
    return seen
  },
  'a remote parent' (tracer) {
    const remote = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true })
    tracer.startActiveSpan('served', { kind: SpanKind.SERVER }, remote, span => { tracer.startSpan('beneath').end(); span.end() })
    tracer.startSpan('second', {}, remote).end()
  },
  'a remote parent that is not sampled' (tracer) {
    const remote = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 0, isRemote: true })
    return tracer.startActiveSpan('served', {}, remote, span => {
      span.setAttribute('a', 1).end()
      const { traceId, traceFlags } = span.spanContext()
      return [traceId, traceFlags & 1, span.isRecording(), tracer.startSpan('beneath').spanContext().traceId]
    })
  },
  'an invalid parent' (tracer) {
    tracer.startSpan('new trace', {}, trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT)).end()
    tracer.startSpan('new trace, too', {}, trace.setSpanContext(ROOT_CONTEXT, { traceId: 'x', spanId: 'y', traceFlags: 1 })).end()
  },
  'a parent that is none' (tracer) {
    const mock = { spanContext () {}, end () {} }
    const there = trace.setSpan(context.active(), mock)
    tracer.startSpan('new trace', {}, trace.setSpanContext(ROOT_CONTEXT, null)).end()
    tracer.startSpan('new trace, too', {}, there).end()
    return [trace.getSpan(there) === mock, trace.getSpan(trace.setSpan(context.active(), {})) !== undefined, context.with(there, () => trace.getActiveSpan() === mock)]
  },
  'values of any key' (tracer) {
    const a = createContextKey('a'); const b = createContextKey('b')
    const one = context.active().setValue(a, 1)
    const two = one.setValue(b, { deep: true }).setValue(a, 2)
    return [one.getValue(a), one.getValue(b) ?? null, two.getValue(a), two.getValue(b), two.deleteValue(a).getValue(a) ?? null, two.getValue(a),
      context.with(two, () => context.active().getValue(a)), context.active().getValue(a) ?? null]
  },
  'values go along' (tracer) {
    const colored = context.active().setValue(KEY, 'red')
    return context.with(colored, () => tracer.startActiveSpan('s', span => {
      span.end()
      return [context.active().getValue(KEY), context.with(ROOT_CONTEXT, () => context.active().getValue(KEY) ?? null), context.with(context.active().setValue(KEY, 'blue'), () => context.active().getValue(KEY))]
    }))
  },
  'the context that is given is the one that is active' () {
    const given = ROOT_CONTEXT.setValue(KEY, 1)
    return [context.with(given, () => context.active() === given), context.with(given, () => context.active().setValue(KEY, 2).getValue(KEY))]
  },
  'with: self, arguments, outcome' () {
    return [context.with(ROOT_CONTEXT, function (a, b) { return [this.name, a, b] }, { name: 'self' }, 1, 2), (() => { try { context.with(ROOT_CONTEXT, () => { throw new Error('thrown') }) } catch (error) { return error.message } })()]
  },
  async 'with: an async function' (tracer) {
    const span = tracer.startSpan('s')
    const inside = await context.with(trace.setSpan(context.active(), span), async () => { await later(); return trace.getActiveSpan() === span })
    span.end()
    return [inside, trace.getActiveSpan() === undefined]
  },
  'bind: a function' (tracer) {
    const span = tracer.startSpan('s')
    const bound = context.bind(trace.setSpan(context.active(), span), function (a, b) { tracer.startSpan('in it').end(); return [this.name, a, b, arguments.length] })
    span.end()
    return [bound.call({ name: 'self' }, 1, 2), bound.length, trace.getActiveSpan() === undefined]
  },
  'bind: what cannot be bound' () { const object = { a: 1 }; return [context.bind(ROOT_CONTEXT, object) === object, context.bind(ROOT_CONTEXT, 7)] },
  'bind: an emitter' (tracer) {
    const span = tracer.startSpan('s')
    const emitter = new EventEmitter()
    const heard = []
    emitter.on('before', () => heard.push(['before', trace.getActiveSpan() === span]))
    const same = context.bind(trace.setSpan(context.active(), span), emitter) === emitter
    const listener = function (a) { heard.push(['on', trace.getActiveSpan() === span, a, this === emitter]) }
    emitter.on('x', listener)
    emitter.once('x', () => heard.push(['once', trace.getActiveSpan() === span]))
    emitter.prependListener('x', () => heard.push(['first', trace.getActiveSpan() === span]))
    emitter.prependOnceListener('x', () => heard.push(['first once', trace.getActiveSpan() === span]))
    emitter.addListener('x', () => heard.push(['added', trace.getActiveSpan() === span]))
    emitter.emit('before')
    emitter.emit('x', 1)
    emitter.off('x', listener)
    const once = () => heard.push('never')
    emitter.once('y', once)
    emitter.removeListener('y', once)
    emitter.emit('x', 2)
    emitter.emit('y')
    const counts = [emitter.listenerCount('x'), emitter.listenerCount('y')]
    emitter.removeAllListeners('x')
    emitter.emit('x', 3)
    span.end()
    return [same, heard, counts, emitter.listenerCount('x')]
  },
  'bind: an emitter, twice' (tracer) {
    const [first, second] = [tracer.startSpan('first'), tracer.startSpan('second')]
    const emitter = new EventEmitter()
    context.bind(trace.setSpan(context.active(), first), emitter)
    context.bind(trace.setSpan(context.active(), second), emitter)
    let seen
    emitter.on('x', () => { seen = trace.getActiveSpan() === first })
    emitter.emit('x')
    first.end()
    second.end()
    return seen
  },
  'propagation: inject' (tracer) {
    const span = tracer.startSpan('s')
    const carrier = {}
    propagation.inject(trace.setSpan(context.active(), span), carrier)
    const { traceId, spanId } = span.spanContext()
    span.end()
    return [Object.keys(carrier), carrier.traceparent.slice(0, -2) === `00-${traceId}-${spanId}-`]
  },
  'propagation: nothing to inject' () { const carrier = {}; propagation.inject(ROOT_CONTEXT, carrier); propagation.inject(context.active(), carrier); return carrier },
  'propagation: a setter of its own' (tracer) {
    const set = []
    propagation.inject(trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true }), 'carrier', { set: (carrier, key, value) => set.push([carrier, key, value]) })
    return set
  },
  'propagation: extract' (tracer) {
    const there = propagation.extract(ROOT_CONTEXT, { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1,b=2' })
    const seen = trace.getSpanContext(there)
    const span = tracer.startSpan('served', { kind: SpanKind.SERVER }, there)
    const state = span.spanContext().traceState
    span.end()
    return [seen.traceId, seen.spanId, seen.traceFlags, seen.isRemote, seen.traceState.serialize(), state.get('a'), state.get('nothing') ?? null]
  },
  'propagation: a getter of its own' () {
    const there = propagation.extract(ROOT_CONTEXT, [['traceparent', `00-${TRACE}-${SPAN}-00`]], { keys: carrier => carrier.map(([key]) => key), get: (carrier, key) => carrier.find(([name]) => name === key)?.[1] })
    return trace.getSpanContext(there)
  },
  'propagation: a getter that knows no keys' () {
    return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: `00-${TRACE}-${SPAN}-01` }, { keys: () => [], get: (carrier, key) => carrier[key] }))
  },
  'propagation: a getter without keys' () {
    return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: `00-${TRACE}-${SPAN}-01` }, { get: (carrier, key) => carrier[key] }))
  },
  'propagation: the headers of the web, which say null of what is not there' () {
    const getter = { keys: headers => [...headers.keys()], get: (headers, key) => headers.get(key) }
    return [{}, { accept: '*/*' }, { traceparent: `00-${TRACE}-${SPAN}-01` }].map(headers => trace.getSpanContext(propagation.extract(ROOT_CONTEXT, new Headers(headers), getter)) ?? null)
  },
  'propagation: carriers of anything' () {
    return [null, 7, {}, [null], [7]].map(value => trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: value, tracestate: value, baggage: value })) ?? null)
  },
  'with: no context' (tracer) {
    return tracer.startActiveSpan('s', span => context.with(undefined, () => { tracer.startSpan('new trace').end(); span.end(); return trace.getActiveSpan() === undefined }))
  },
  'propagation: extract nothing' () {
    const given = ROOT_CONTEXT.setValue(KEY, 'red')
    return [trace.getSpanContext(propagation.extract(given, {})) ?? null, propagation.extract(given, { traceparent: 'nonsense' }).getValue(KEY), trace.getSpanContext(propagation.extract(given, { traceparent: 'nonsense' })) ?? null]
  },
  'propagation: extract keeps what is there' () {
    return propagation.extract(ROOT_CONTEXT.setValue(KEY, 'red'), { traceparent: `00-${TRACE}-${SPAN}-01` }).getValue(KEY)
  },
  'propagation: there and back' (tracer) {
    const span = tracer.startSpan('client', { kind: SpanKind.CLIENT })
    const headers = {}
    propagation.inject(trace.setSpan(context.active(), span), headers)
    tracer.startSpan('server', { kind: SpanKind.SERVER }, propagation.extract(ROOT_CONTEXT, headers)).end()
    span.end()
  },
  'propagation: fields' () { return propagation.fields() },
  'a trace state' (tracer) {
    const { createTraceState } = require('@opentelemetry/api')
    const state = createTraceState('a=1,b=2').set('c', '3').unset('a')
    const span = tracer.startSpan('s', {}, trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1, traceState: state }))
    const carrier = {}
    propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier)
    const own = span.spanContext().traceState
    span.end()
    return [carrier.tracestate, own.set('b', '9').serialize(), own.unset('b').serialize(), own.serialize()]
  },
  'baggage' () {
    const { baggageEntryMetadataFromString } = require('@opentelemetry/api')
    const bag = propagation.createBaggage({ user: { value: 'ann' }, tier: { value: 'gold; = ü', metadata: baggageEntryMetadataFromString('p=1') } })
    const more = bag.setEntry('n', { value: '1' }).removeEntry('user')
    const there = propagation.setBaggage(ROOT_CONTEXT, more)
    const carrier = {}
    propagation.inject(there, carrier)
    return [bag.getEntry('user'), more.getEntry('user') ?? null, propagation.getBaggage(there) === more, carrier.baggage,
      more.getAllEntries().map(([key, { value }]) => [key, value]), more.clear().getAllEntries(), propagation.getBaggage(propagation.deleteBaggage(there)) ?? null,
      bag.removeEntries('user', 'tier').getAllEntries(), context.with(there, () => propagation.getActiveBaggage?.() ?? propagation.getBaggage(context.active())) === more]
  },
  'baggage: what is no entry, or no metadata' () {
    return [{ value: 'x', metadata: null }, undefined, null, 7].map(entry => {
      const bag = propagation.createBaggage({ a: entry })
      return [propagation.getBaggage(propagation.setBaggage(ROOT_CONTEXT, bag)) === bag, bag.getAllEntries()]
    })
  },
  'baggage: extract' () {
    const bag = propagation.getBaggage(propagation.extract(ROOT_CONTEXT, { baggage: 'a=1,b=x%20y;prop=2, c = 3 ' }))
    return bag.getAllEntries().map(([key, { value, metadata }]) => [key, value, metadata === undefined ? null : String(metadata)])
  },
  'baggage: beneath a span' (tracer) {
    return context.with(propagation.setBaggage(context.active(), propagation.createBaggage({ k: { value: 'v' } })), () => tracer.startActiveSpan('s', span => {
      const carrier = {}
      propagation.inject(context.active(), carrier)
      span.end()
      return [carrier.baggage, Object.keys(carrier).sort()]
    }))
  },
  'baggage: not of the span' (tracer) {
    const span = context.with(propagation.setBaggage(context.active(), propagation.createBaggage({ k: { value: 'v' } })), () => tracer.startSpan('s'))
    const carrier = {}
    propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier)
    span.end()
    return Object.keys(carrier)
  },
  'suppressed' (tracer) {
    return context.with(suppressTracing(context.active()), () => {
      const carrier = {}
      const span = tracer.startSpan('never')
      tracer.startActiveSpan('nor this', span => { tracer.startSpan('nor beneath').end(); span.end() })
      propagation.inject(trace.setSpan(context.active(), span), carrier)
      span.setAttribute('a', 1).end()
      return [span.isRecording(), isSpanContextValid(span.spanContext()), isTracingSuppressed(context.active()), carrier]
    })
  },
  'suppressed within a trace, and no more' (tracer) {
    tracer.startActiveSpan('outer', span => {
      context.with(suppressTracing(context.active()), () => {
        tracer.startSpan('never').end()
        context.with(unsuppressTracing(context.active()), () => tracer.startSpan('again').end())
      })
      tracer.startSpan('after').end()
      span.end()
    })
  },
  'what is no span of the provider' (tracer) {
    const wrapped = trace.wrapSpanContext({ traceId: TRACE, spanId: SPAN, traceFlags: 1 })
    const there = trace.setSpan(context.active(), wrapped)
    tracer.startSpan('beneath it', {}, there).end()
    return [trace.getSpan(there) === wrapped, wrapped.isRecording()]
  },
  'a version and a schema' () { trace.getTracer('a version and a schema', '1.2.3', { schemaUrl: 'https://example.org/1' }).startSpan('s').end() },
  'a tracer of the provider' () { trace.getTracerProvider().getTracer('a tracer of the provider').startSpan('s').end() },
  async 'generators and iterators' (tracer) {
    async function * numbers () { for (let i = 0; i < 2; i++) { await later(); yield i } }
    await tracer.startActiveSpan('outer', async span => { for await (const i of numbers()) tracer.startSpan(`number ${i}`).end(); span.end() })
  }
}

async function main () {
  for (const [name, program] of Object.entries(programs)) console.log(JSON.stringify([name, await program(trace.getTracer(name)) ?? null]))
}
exports.names = Object.keys(programs)
if (require.main === module) void main()
