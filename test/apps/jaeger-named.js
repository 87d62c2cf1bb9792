// A program that says its name to jaeger-client, and ends when the collector has been asked how much to sample: then its traces are sampled.
const { initTracer } = require('jaeger-client')

const tracer = initTracer({ serviceName: 'orders' })
const timer = setInterval(() => {
  const span = tracer.startSpan('work')
  if (span.context().isSampled()) clearInterval(timer)
  span.finish()
}, 10)
