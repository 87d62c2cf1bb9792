import { type Patch, type Wrap } from '../src/patch'

// A new library in ten minutes:
// 1. copy this file to patches/<name>.ts: <name> is the word for the library everywhere (its spans' scope, AUTOSPAN_<NAME>=off, the README);
// 2. find where it defines the method through which every call passes once, best on a prototype in an inner file, and the oldest version that has it there;
// 3. say what the call is, with the names of OpenTelemetry's semantic conventions (src/trace/semconv.ts has those that are known: add what is missing);
// 4. a line in patches/index.ts, a ten-line application in test/apps, its picture in test/patches/<name>.test.ts, then `npm run readme`.
// The engine does the rest: versions, context, sampling, promises, callbacks, emitters, errors, and that nothing of yours reaches the application.

/** What the library hangs on its client that we read. No types of the library: its user may not have it. */
interface Client { host: string, port: number, database: string }

const query: Wrap = {
  // Who holds the method; undefined where a version has none.
  of: Client => Client.prototype,
  method: 'query',
  kind: 'client',
  // Runs for recorded calls only. ONE literal with plain keys; what comes later is named as undefined.
  start (span, client: Client, args) {
    const operation = String(args[0]).split(' ', 1)[0].toUpperCase()
    span.name = `${operation} ${client.database}`
    span.attributes = {
      'db.system.name': 'other_sql',
      'db.namespace': client.database,
      'db.operation.name': operation,
      'server.address': client.host,
      'server.port': client.port,
      'db.response.status_code': undefined
    }
  },
  // Left out, the span ends by itself: with the callback if the last argument is one, else with the promise, the emitter, or the return.
  failed (span, error) { span.attributes['db.response.status_code'] = error.code }
}

export const template: Patch = {
  about: 'a span for each query',
  parts: [
    // Up to the version that publishes channels of its own, its method; from then on the channels, which cost less and do not move.
    { module: 'template', versions: '>=1 <3', file: 'lib/client.js', wrap: [query] },
    { module: 'template', versions: '>=3 <5', trace: [{
      channel: 'template:query',
      kind: 'client',
      start (span, { client, text }: { client: Client, text: string }) { query.start(span, client, [text]) }
    }] }
  ]
}
