// `make`: the headers that Jaeger's client for Node would send. `read`: what it takes from the headers on stdin.
const { ConstSampler, InMemoryReporter, Tracer, ZipkinB3TextMapCodec } = require('jaeger-client')
const { FORMAT_HTTP_HEADERS, Tags } = require('opentracing')

const tracers = { Jaeger: sampled => tracer(sampled), '128 bits': sampled => tracer(sampled, { traceId128bit: true }), B3: b3 }
function tracer (sampled, options) { return new Tracer('peer', new InMemoryReporter(), new ConstSampler(sampled), options) }
function b3 (sampled) {
  const made = tracer(sampled)
  const codec = new ZipkinB3TextMapCodec({ urlEncoding: true })
  made.registerInjector(FORMAT_HTTP_HEADERS, codec)
  made.registerExtractor(FORMAT_HTTP_HEADERS, codec)
  return made
}

const contextOf = context => ({ traceId: context.toTraceId(), spanId: context.toSpanId(), sampled: context.isSampled(), debug: context.isDebug(), baggage: context.baggage })

if (process.argv[2] === 'make') {
  const made = []
  for (const [name, make] of Object.entries(tracers)) {
    for (const [about, sampled, debug] of [['sampled', true, false], ['not sampled', false, false], ['debug', false, true]]) {
      const tracer = make(sampled)
      const span = tracer.startSpan('call')
      span.setBaggageItem('user', 'a b, c+d')
      if (debug) span.setTag(Tags.SAMPLING_PRIORITY, 1)
      const headers = {}
      tracer.inject(span.context(), FORMAT_HTTP_HEADERS, headers)
      made.push({ about: `${name}, ${about}`, headers, ...contextOf(span.context()) })
    }
  }
  console.log(JSON.stringify(made))
} else {
  let text = ''
  process.stdin.on('data', chunk => { text += chunk }).on('end', () => {
    console.log(JSON.stringify(JSON.parse(text).map(headers => ['Jaeger', 'B3'].map(name => contextOf(tracers[name](true).extract(FORMAT_HTTP_HEADERS, headers))))))
  })
}
