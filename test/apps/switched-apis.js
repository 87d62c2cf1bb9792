// An application that traces by the APIs of OpenTelemetry and OpenTracing, switched off and on.
const { trace } = require('@opentelemetry/api')
const opentracing = require('opentracing')
const { disable, enable } = require('autospan')

const work = () => {
  trace.getTracer('shop').startActiveSpan('by OpenTelemetry', span => { span.setAttribute('seen', true).end() })
  opentracing.globalTracer().startSpan('by OpenTracing').finish()
}
work()
disable()
work()
enable()
work()
