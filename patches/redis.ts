import { active, frameOf, here, keep, NOBODY, SILENT, type Attributes, type Part, type Patch, type Scope, type Span, type Tap, type Trace, type Wrap } from '../src/patch'
import { batch, describe, failed, replied, sent, target } from './lib/redis'

// What is sent while a span of ours is active is sent by its call: that call's own command, or one of its batch. No span is made beneath one.
const ours = (): Span | undefined => {
  const span = active()
  return span?.scope === 'redis' ? span : undefined
}
const isOurs = (): boolean => ours() !== undefined

// 2 and 3: callbacks. Replies and errors are found by the command at the head of the queue, with or without a callback.
const SPAN = Symbol('autospan.span')
const client: Wrap['of'] = redis => redis.RedisClient?.prototype
const multi: Wrap['of'] = Multi => Multi.prototype

const address = ({ connection_options: { path, host, port }, selected_db, stream }: any): Attributes => target(path ?? host, port, selected_db ?? 0, stream)

const send: Wrap = {
  of: client,
  method: 'internal_send_command',
  kind: 'client',
  // A command that waited for its connection comes here again.
  skip: (_, args) => isOurs() || args[0][SPAN] !== undefined,
  start (span, client, args) {
    const { command, args: values, callback } = args[0]
    span.attributes = address(client)
    describe(span, command, values)
    if (typeof callback !== 'function') return
    // Not assigned as it is written: see `told` in wrap.ts.
    const ending = function (this: unknown, error: unknown): unknown { ended(span, error); return callback.apply(this, arguments) }
    args[0].callback = ending
  },
  carry (span, _, args) { args[0][SPAN] = span },
  ends () {}
}
function ended (span: Span | undefined, error: unknown): void {
  if (span === undefined || !span.recording || span.scope !== 'redis') return
  if (error != null) { span.fail(error); failed(span, error) }
  span.end()
}
const noCallback = (command: any, error?: unknown): void => { if (command !== undefined && typeof command.callback !== 'function') ended(command[SPAN], error) }

/** A callback is called by the connection, which serves everybody: it goes on in its caller's context. */
const callback: Tap = {
  of: client,
  method: 'internal_send_command',
  before (_, args) { if (!isOurs() && args[0][SPAN] === undefined) args[0].callback = keep(args[0].callback) }
}
const ends: Tap[] = [
  { of: client, method: 'return_reply', before (client) { noCallback(client.command_queue.peekFront()) } },
  { of: client, method: 'return_error', before (client, args) { noCallback(client.command_queue.peekFront(), args[0]) } },
  { of: client,
    method: 'flush_and_error',
    before (client, args) {
      for (const queue of args[1]?.queues ?? ['command_queue', 'offline_queue']) for (const command of client[queue].toArray()) noCallback(command, args[0].code)
    } }
]

const exec = (method: string, mode: 'MULTI' | 'PIPELINE'): Wrap => ({
  of: multi,
  method,
  kind: 'client',
  skip: isOurs,
  start (span, multi) {
    span.attributes = address(multi._client)
    batch(span, mode)
    for (const { command, args } of multi.queue.toArray()) sent(span, command, args)
  },
  result: replied,
  failed
})
const execs = [exec('exec_transaction', 'MULTI'), exec('exec', 'PIPELINE'), exec('EXEC', 'PIPELINE'), exec('exec_batch', 'PIPELINE')]
const callbacks = execs.map(({ of, method }): Tap => ({
  of,
  method,
  before (multi) { if (!isOurs()) for (const command of multi.queue.toArray()) command.callback = keep(command.callback) }
}))

// What a connection does for itself (AUTH, INFO, SELECT) is in nobody's trace, and is none; what it then tells the application begins with nobody.
const silent = (): Scope => frameOf(SILENT)
const tells = (of: Wrap['of']): Tap => ({ of, method: 'emit', inside: () => active() === SILENT ? NOBODY : undefined })
const connection: Tap[] = [{ of: client, method: 'create_stream', inside: silent }, tells(client)]

// From 4 on: promises. The queue knows each command as it is sent, the client where it goes; what connects goes to the queue alone.
const prototype: Wrap['of'] = exports => exports.default.prototype
const queue: Tap = {
  of: prototype,
  method: 'addCommand',
  before (_, args) {
    const span = ours()
    if (span !== undefined && span.recording) sent(span, String(args[0][0]), args[0].slice(1))
  }
}

const DATABASE = Symbol('autospan.database')
function place (client: any): Attributes {
  const { options, [DATABASE]: database } = client._self ?? client
  const { path, host = 'localhost', port } = options?.socket ?? {}
  return target(path ?? host, path === undefined ? port : undefined, database ?? options?.database ?? 0)
}
const select: Tap = { of: prototype, method: 'SELECT', after (client, _, args) { (client._self ?? client)[DATABASE] = args[args.length - 1] } }

const call = (method: string): Wrap => ({
  of: prototype,
  method,
  kind: 'client',
  skip: isOurs,
  start (span, client, args) {
    span.attributes = place(client)
    // Until the queue says it better: a client that is closed sends nothing.
    span.name = typeof args[2] === 'string' ? args[2].toUpperCase() : Array.isArray(args[0]) ? String(args[0][0]) : method
  },
  failed
})
const batched = (method: string): Wrap => ({
  ...call(method),
  start (span, client) {
    span.attributes = place(client)
    batch(span, 'PIPELINE')
  },
  result: replied
})
const subscribing = ['SUBSCRIBE', 'UNSUBSCRIBE', 'PSUBSCRIBE', 'PUNSUBSCRIBE', 'SSUBSCRIBE', 'SUNSUBSCRIBE', 'QUIT'].map((method): Wrap => ({
  ...call(method),
  listens: true,
  start (span, client, args) {
    span.attributes = place(client)
    describe(span, method, [args[0] ?? []].flat())
  }
}))

/** A connection, and the messages it brings, belong to none of the requests that use it. Those of a sentinel are for the client itself, which looks around again. */
const connect: Tap = { of: prototype, method: 'connect', inside: client => isOfSentinel(client) ? silent() : CONNECTION }
// Its commands for sentinels node-redis gives to the connections alone that it makes to them.
const isOfSentinel = (client: any): boolean => (client._self ?? client).options?.modules?.sentinel !== undefined
/** Nobody's, and known from that of a program that does nothing for anybody. */
const CONNECTION: Scope = Object.freeze({ ...NOBODY })
/** What the connection sends for itself later: by a timer (`pingInterval`), with credentials that were renewed. */
const isOwn = (command: unknown): boolean => (command === 'PING' || command === 'AUTH') && here() === CONNECTION
const sendCommand: Wrap = { ...call('sendCommand'), skip: (_, args) => isOurs() || isOwn(args[0]?.[0]) }
/**
 * With `legacyMode` a client of release 4 has functions of its own in the place of the class's: what they send is met at its queue, which does not know where
 * it goes. What connects is sent before all else.
 */
const legacy: Wrap = {
  of: prototype,
  method: 'addCommand',
  kind: 'client',
  before: queue.before,
  skip: (_, args) => isOurs() || args[1]?.asap === true || isOwn(args[0][0]),
  start (span, _, args) {
    span.attributes = target(undefined, undefined, undefined)
    describe(span, String(args[0][0]), args[0].slice(1))
  },
  failed
}
/** CLUSTER SLOTS, asked by the client itself. */
const discover = ['connect', 'rediscover'].map((method): Tap => ({ of: prototype, method, inside: silent }))
/** Where the master is, a sentinel's client asks at first, again and again, and when a command does not find it. The command itself is its caller's. */
const execute: Omit<Tap, 'of'> = { method: '_execute', before: (_, args) => { args[1] = keep(args[1]) }, inside: silent }
const sentinel: Tap[] = [
  { of: prototype, method: 'connect', inside: silent },
  { of: prototype, ...execute },
  { of: exports => exports.RedisSentinelClient.prototype, ...execute },
  tells(prototype)
]
/** A busy pool calls back later, from another request. */
const pool: Tap = { of: exports => exports.RedisClientPool.prototype, method: 'execute', before (_, args) { args[0] = keep(args[0]) } }
/** The executor of the commands, given to them before it could be wrapped, is looked up when they are called. */
const executor: Tap = {
  of: exports => exports,
  method: 'attachCommands',
  before (_, args) {
    const { BaseClass, executor } = args[0]
    if (BaseClass.prototype.commandsExecutor === executor) args[0].executor = function () { return this.commandsExecutor.apply(this, arguments) }
  }
}

// From 5.12 on the library tells of its calls itself, in its caller's context and without touching a rejection.
const toCommand = (message: any): Attributes => target(message.serverAddress, message.serverPort, message.database)
const channels: Trace[] = [
  {
    channel: 'node-redis:command',
    kind: 'client',
    skip: message => message.batchMode !== undefined || isOurs() || isOwn(message.command),
    start (span, message) {
      span.attributes = toCommand(message)
      span.name = message.command
    },
    failed
  },
  {
    channel: 'node-redis:batch',
    kind: 'client',
    start (span, message) {
      span.attributes = toCommand(message)
      batch(span, message.batchMode)
    },
    result: (span, message) => replied(span, message.result),
    failed
  }
]

const inClient = (versions: string, file: string, what: Pick<Part, 'wrap' | 'tap' | 'trace'>): Part => ({ module: '@redis/client', versions, file: `dist/lib/${file}.js`, ...what })
const executors = ['commandsExecutor', 'functionsExecuter', 'scriptsExecuter', 'sendCommand', 'SELECT'].map(call)
const connected = [connect, select]
export const redis: Patch = {
  about: 'a span for each command, and one for each pipeline or transaction',
  parts: [
    { module: 'redis', versions: '>=2.6 <4', file: 'index.js', exports: 'RedisClient', wrap: [send], tap: [callback, ...ends, ...connection] },
    { module: 'redis', versions: '>=2.6 <4', file: 'lib/multi.js', wrap: execs, tap: callbacks },
    inClient('>=1 <2', 'commander', { tap: [executor] }),
    inClient('>=1 <2', 'client/index', { wrap: [...executors, batched('multiExecutor'), ...subscribing], tap: connected }),
    inClient('>=5 <5.12', 'client/index', { wrap: [sendCommand, batched('_executeMulti'), batched('_executePipeline'), ...subscribing], tap: connected }),
    inClient('>=5.12 <7', 'client/index', { wrap: subscribing, tap: connected, trace: channels }),
    inClient('>=1 <2', 'client/commands-queue', { wrap: [legacy] }),
    inClient('>=5 <7', 'client/commands-queue', { tap: [queue] }),
    inClient('>=1 <7', 'cluster/cluster-slots', { tap: discover }),
    inClient('>=5 <7', 'sentinel/index', { tap: sentinel }),
    inClient('>=5 <7', 'client/pool', { tap: [pool] })
  ]
}
