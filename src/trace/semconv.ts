/**
 * Attribute names, as types only: no import, no constant, no run-time cost. Keys are written plainly.
 * Source: OpenTelemetry semantic conventions 1.44; names of our own begin with `autospan.` or are listed last.
 */
export type Key =
  | 'client.address' | 'client.port' | 'server.address' | 'server.port' | 'error.type' | 'user_agent.original'
  | 'network.peer.address' | 'network.peer.port' | 'network.protocol.name' | 'network.protocol.version'
  | 'http.request.method' | 'http.request.method_original' | 'http.request.resend_count' | 'http.response.status_code' | 'http.route'
  | 'url.full' | 'url.path' | 'url.query' | 'url.scheme'
  | 'db.system.name' | 'db.namespace' | 'db.query.text' | 'db.query.summary' | 'db.operation.name' | 'db.operation.batch.size'
  | 'db.collection.name' | 'db.stored_procedure.name' | 'db.response.status_code'
  | `http.${'request' | 'response'}.header.${string}`
  | 'messaging.system' | 'messaging.operation.name' | 'messaging.operation.type' | 'messaging.destination.name'
  | 'messaging.batch.message_count'
  | 'faas.invocation_id' | 'aws.lambda.invoked_arn'
  | 'code.function.name' | 'code.file.path'
  | 'http.request.aborted' | 'jaeger-debug-id' | 'sampler.type' | 'sampler.param' | 'sampling.priority'
  | 'express.name' | 'express.type' | 'koa.name' | 'koa.type' | 'fastify.type' | 'hook.name' | 'hook.callback.name'
  | `autospan.${string}`
export type Value = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[] | null | undefined
/** What a patch writes, as ONE literal. A key that is `undefined` is not exported. */
export type Attributes = { [K in Key]?: Value }
