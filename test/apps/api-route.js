// A framework that an instrumentation on OpenTelemetry's API has told of its route, as those of hapi, restify or NestJS do.
const { context, trace } = require('@opentelemetry/api')
const { getRPCMetadata, RPCType } = require('@opentelemetry/core')
const { ask } = require('./ask')

if (getRPCMetadata(context.active()) !== undefined) throw new Error('nothing is served yet')
void ask((req, res) => {
  trace.getTracer('framework').startActiveSpan('handler', span => {
    const metadata = getRPCMetadata(context.active())
    if (metadata.type !== RPCType.HTTP || metadata.span.spanContext().spanId === span.spanContext().spanId) throw new Error('it is the span of the request')
    metadata.route = '/users/{id}'
    span.end()
  })
  res.end()
}, ['GET /users/7'])
