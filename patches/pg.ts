import { here, keep, retell, type Patch, type Span, type Tap, type Wrap } from '../src/patch'
import { parameterized, sqlOf } from './lib/sql'

const SPAN = Symbol('autospan.span')
const CALLER = Symbol('autospan.caller')

const query: Wrap = {
  of: Client => Client.prototype,
  method: 'query',
  kind: 'client',
  leaf: true,
  before: arrange,
  start (span, client, args) {
    const query = args[0]
    // A string, a config, a Query, or a stream that holds a cursor.
    const text = typeof query === 'string' ? query : query?.text ?? query?.cursor?.text
    const sql = typeof text === 'string' ? sqlOf(text) : undefined
    const values = Array.isArray(args[1]) ? args[1] : query?.values ?? query?.cursor?.values
    if (sql !== undefined && sql.summary !== '') span.name = sql.summary
    else span.name = client.database ?? 'postgresql'
    span.attributes = {
      'db.system.name': 'postgresql',
      // Of `database|schema` only the database: the schema is not known without asking the server (semconv postgresql 1.44).
      'db.namespace': client.database,
      'db.query.summary': sql?.summary || undefined,
      'db.query.text': values?.length > 0 && sql !== undefined ? parameterized(text) : sql?.scrubbed,
      'db.operation.batch.size': sql !== undefined && sql.statements > 1 ? sql.statements : undefined,
      'server.address': client.host,
      'server.port': portOf(client),
      'db.response.status_code': undefined
    }
    if (typeof query?.submit === 'function') (query.cursor ?? query)[SPAN] = span
  },
  failed
}

/** A connection that could not be made: told of only then. */
const connect: Wrap = {
  of: Client => Client.prototype,
  method: 'connect',
  kind: 'client',
  start (span, client) {
    span.atLeast = Infinity
    span.name = `connect ${client.database ?? 'postgresql'}`
    span.attributes = {
      'db.system.name': 'postgresql',
      'db.namespace': client.database,
      'db.operation.name': 'connect',
      'server.address': client.host,
      'server.port': portOf(client),
      'db.response.status_code': undefined
    }
  },
  failed
}

/** Not the default, and no port of a Unix socket. */
const portOf = ({ host, port }: { host?: string, port?: number }): number | undefined =>
  port === 5432 || host?.startsWith('/') === true ? undefined : port

// Of data (class 22: `invalid input syntax for type integer: "..."`) and of syntax (`... at or near "..."`): what they quote came from a literal, what others
// quote is a name. In other languages quotes look otherwise.
const QUOTES_VALUES = /^22|^42601$/
const QUOTED = /["«„“][^]*["»“”]|["«„“][^]*$/

/** An error of the server has a severity and a SQLSTATE; one of the connection has not. What it says is what the server said, whatever a library on top adds. */
function failed (span: Span, error: any): void {
  if (error?.severity === undefined) return
  span.attributes['db.response.status_code'] = error.code
  retell(error, QUOTES_VALUES.test(error.code) ? error.message.replace(QUOTED, '"?"') : error.message)
}

/** Put the callback, wherever pg looks for it, where everybody has it: behind the other arguments. */
function arrange (_: unknown, args: any): void {
  const query = args[0]
  const isQuery = typeof query?.submit === 'function'
  if (typeof args[1] === 'function') args.length = 2
  else if (typeof args[2] === 'function') args.length = 3
  // The empty one that pg-copy-streams has on a prototype, and calls before it tells of an error, is nobody's.
  else if (typeof query?.callback === 'function' && (!isQuery || Object.hasOwn(query, 'callback'))) {
    args[isQuery ? 1 : 2] = query.callback
    args.length = isQuery ? 2 : 3
    if (isQuery) query.callback = undefined   // pg hangs it back on
    else args[0] = Object.create(query, { callback: { value: undefined, writable: true } })
  }
  // The socket tells of its events in the context in which the connection was made.
  if (isQuery) Object.defineProperty(query, 'emit', { value: keep(query.emit), configurable: true, writable: true })
}

const keeping = (method: string, at: number): Tap =>
  ({ of: Class => Class.prototype, method, before: (_, args) => { args[at] = keep(args[at]) } })

/** Who waits for a connection may get one that is made while another one is served. */
const waiting: Tap = {
  of: Pool => Pool.prototype,
  method: 'connect',
  before: (_, args) => { args[0] = keep(args[0]) },
  after (pool) {
    const queue = pool._pendingQueue
    const last = queue?.[queue.length - 1]
    if (last !== undefined && !(CALLER in last)) last[CALLER] = here()
  }
}
const connecting: Tap = {
  of: Pool => Pool.prototype,
  method: 'newClient',
  inside: (_, args) => args[0]?.[CALLER]
}

/** A cursor that nobody listens to keeps its error to itself. */
const cursorFailed: Tap = {
  of: Cursor => Cursor.prototype,
  method: 'handleError',
  before (cursor, args) {
    const span: Span | undefined = cursor[SPAN]
    if (span === undefined || !span.recording) return
    span.fail(args[0])
    failed(span, args[0])
    span.end()
  }
}

export const pg: Patch = {
  about: 'a span for each query, of a client or a pool',
  parts: [
    { module: 'pg', versions: '>=8.0.3 <9', file: 'lib/client.js', wrap: [query, connect] },
    { module: 'pg', versions: '>=8.0.3 <9', file: 'lib/native/client.js', wrap: [query, connect] },
    { module: 'pg-cursor', versions: '>=2.1.3 <3', file: 'index.js', exports: 'Cursor', tap: [cursorFailed, keeping('read', 1), keeping('close', 0)] },
    // It stands upon pg-cursor.
    { module: 'pg-query-stream', versions: '>=3 <5' },
    { module: 'pg-pool', versions: '>=3.1.1 <4', file: 'index.js', exports: 'Pool', tap: [waiting, connecting] }
  ]
}
