// OpenTracing's API, all of it: prints what it answers, so that it can be compared.
const opentracing = require('opentracing')
const { Tags, FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS, FORMAT_BINARY, BinaryCarrier } = opentracing
const global = opentracing.globalTracer()
const tracer = require('jaeger-client').initTracer({ serviceName: 'all', sampler: { type: 'const', param: 1 } }, {})
const THEN = 1_700_000_000_000

const root = global.startSpan('root', { startTime: THEN, tags: { [Tags.SPAN_KIND]: 'server', number: 1, text: 'a', yes: true, object: { a: 1 }, list: ['x'] } })
root.setTag('later', 2).addTags({ a: 'b' }).setOperationName('renamed')
root.setBaggageItem('Greeting', 'bonjour, ü').setBaggageItem('user_id', '7')
console.log(root.getBaggageItem('greeting'), root.getBaggageItem('user-id'), root.getBaggageItem('nothing'), typeof root.tracer().startSpan)
root.log({ event: 'hello', value: 'x', deep: { a: 1 } }, THEN + 1).logEvent('old', 'payload')
root.log({ 'no event': true })

const child = tracer.startSpan('child', { childOf: root })
child.setTag(Tags.SPAN_KIND, Tags.SPAN_KIND_RPC_CLIENT)
console.log(child.getBaggageItem('greeting'), child.context().toTraceId() === root.context().toTraceId(), child.context().toSpanId().length)
const error = new TypeError('wrong')
error.stack = 'the stack'
child.log({ event: 'error', 'error.object': error, message: 'it went wrong' }).setTag(Tags.ERROR, true).finish()
tracer.startSpan('no error', { childOf: root.context(), tags: { error: false } }).finish()
tracer.startSpan('follows', { references: [opentracing.followsFrom(root.context())] }).finish()
tracer.startSpan('child rather than follower', { references: [opentracing.followsFrom(child), opentracing.childOf(root)] }).finish()

for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
  const carrier = {}
  tracer.inject(root, format, carrier)
  const there = tracer.extract(format, carrier)
  const span = global.startSpan(format, { childOf: there })
  console.log(Object.keys(carrier).join(), there.toSpanId() === root.context().toSpanId(), span.getBaggageItem('greeting'))
  span.finish()
}
const carrier = new BinaryCarrier()
global.inject(root.context(), FORMAT_BINARY, carrier)
const span = global.startSpan(FORMAT_BINARY, { childOf: global.extract(FORMAT_BINARY, { buffer: Array.from(carrier.buffer) }) })
console.log(carrier.buffer.length, span.getBaggageItem('greeting'), span.context().toTraceId() === root.context().toTraceId())
span.finish()
console.log(tracer.extract(FORMAT_TEXT_MAP, {}), tracer.extract(FORMAT_BINARY, { buffer: [1, 2] }), tracer.extract(FORMAT_HTTP_HEADERS, { traceparent: 'nonsense' }), tracer.extract('unknown', {}))

root.finish(THEN + 1500)
root.finish(THEN + 9000)
root.setTag('late', true).log({ event: 'late' })
tracer.close(() => console.log('closed'))
