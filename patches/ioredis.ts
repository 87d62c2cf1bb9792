import { active, frameOf, keep, NOBODY, SILENT, type Attributes, type Patch, type Span, type Tap, type Wrap } from '../src/patch'
import { batch, describe, failed, replied, sent, target } from './lib/redis'

// From 5.11 on ioredis publishes channels. They are not listened to, for that alone changes the application (seen in 5.11.0 to 6.0.0): a rejection that
// it forgot to catch is swallowed (exit code 0 where it was 1). And they speak when a command is written, not when it is called: one that waited
// for the connection, or for the others of an automatic pipeline, would be told as the child of whoever opened the connection.

const SPAN = Symbol('autospan.span')

function place (redis: any): Attributes {
  const { path, host, port, db, sentinels } = redis.options
  // Which server the sentinels named is no option; a cluster has no address of its own.
  return target(path ?? (sentinels ? undefined : host), path || sentinels ? undefined : port, redis.condition?.select ?? db, redis.stream)
}

/** A command comes here again when its connection is ready, and from its cluster for one of the nodes: then it is known where it goes. */
function again (redis: any, span: Span | undefined): boolean {
  if (span === undefined) return false
  if (span.recording && span.scope === 'ioredis' && redis.options.host !== undefined) {
    const here = place(redis)
    for (const key of WHERE) span.attributes[key] = here[key]
  }
  return true
}
const WHERE = ['db.namespace', 'server.address', 'server.port', 'network.peer.address', 'network.peer.port'] as const

const send: Wrap = {
  of: Redis => Redis.prototype,
  method: 'sendCommand',
  kind: 'client',
  leaf: true,
  // A pipeline sends its commands over a stream of its own: it is the span.
  skip: (redis, args) => args[1] !== undefined || again(redis, args[0][SPAN]),
  start (span, redis, args) {
    span.attributes = place(redis)
    // `call()` takes whatever it is given, and fails later.
    const { name } = args[0]
    describe(span, typeof name === 'string' ? name : String(name), args[0].args)
  },
  carry (span, _, args) { args[0][SPAN] = span },
  settles: (_, args) => args[0],
  failed
}

const exec: Wrap = {
  of: Redis => Redis.Pipeline.prototype,
  method: 'exec',
  kind: 'client',
  before: keepCallback,
  // The first exec() of a transaction only adds EXEC; a cluster may execute again; the commands of an automatic pipeline have spans of their own.
  skip: pipeline => pipeline._transactions > 0 || pipeline[SPAN] !== undefined || isAutomatic(pipeline),
  start (span, pipeline) {
    span.attributes = place(pipeline.redis)
    batch(span, 'PIPELINE')
    for (const { name, args } of pipeline._queue) sent(span, name, args)
  },
  carry (span, pipeline) { pipeline[SPAN] = span },
  settles: pipeline => pipeline,
  // Pairs of error and reply; the reply to EXEC holds those of its commands.
  result (span, pairs: Array<[unknown, unknown]>) { replied(span, [...pairs.map(([error]) => error), pairs[pairs.length - 1]?.[1]]) },
  failed
}
const isAutomatic = (pipeline: object): boolean => Object.getOwnPropertySymbols(pipeline).some(symbol => symbol.description === 'exec')
function keepCallback (_: unknown, args: any): void { if (typeof args[0] === 'function') args[0] = keep(args[0]) }

const automatic: Wrap = {
  of: exports => exports,
  method: 'executeWithAutoPipelining',
  kind: 'client',
  start (span, _, args) {
    span.attributes = place(args[0])
    describe(span, args[2], args[3].flat())
  },
  failed
}

/** What a connection does for itself (HELLO, INFO, CLUSTER SLOTS) is in nobody's trace, and is none; what it then tells the application begins with nobody. */
const connections = (of: Tap['of'], methods: string[]): Tap[] => [
  ...methods.map((method): Tap => ({ of, method, before: keepCallback, inside: () => frameOf(SILENT) })),
  { of, method: 'emit', inside: () => active() === SILENT ? NOBODY : undefined }
]

const cluster: Tap['of'] = Redis => Redis.Cluster.prototype
const versions = '>=4 <7'
export const ioredis: Patch = {
  about: 'a span for each command, and one for each pipeline or transaction',
  parts: [
    {
      module: 'ioredis',
      versions,
      file: 'built/index.js',
      wrap: [send, { ...send, of: cluster }, exec],
      tap: [...connections(send.of, ['connect']), ...connections(cluster, ['connect', 'refreshSlotsCache', '_readyCheck', 'readyCheck'])]
    },
    { module: 'ioredis', versions, file: 'built/autoPipelining.js', wrap: [automatic] }
  ]
}
