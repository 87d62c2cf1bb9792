import { retell, type Attributes, type Span } from '../../src/patch'
import { peerOf } from './peer'

/** Is this argument a name (of a key, a channel, a field, a script), which may be shown? All others are values, which never are. */
type IsName = (i: number, args: ArrayLike<unknown>) => boolean

const first = (count: number): IsName => i => i < count
const every: IsName = () => true
const butLast: IsName = (i, args) => i < args.length - 1
const everySecond: IsName = i => i % 2 === 0
const keyAndFields: IsName = i => i === 0 || i % 2 === 1
// `EVAL script 2 key key value`: the number of keys, and the keys; in front of them the name of the script, if it is no text.
const script = (isNamed: boolean): IsName => (i, args) => i === 0 ? isNamed : 2 + Number(args[1]) <= args.length && i < 2 + Number(args[1])

const storedProcedure = script(true)

/** What is known of commands, as most write them: in capitals or in small letters. */
function known (): Map<string, IsName> {
  const names = new Map<string, IsName>()
  const are = (isName: IsName, commands: string): void => { for (const command of commands.split(' ')) names.set(command, isName).set(command.toLowerCase(), isName) }
  are(first(1), 'APPEND BITCOUNT BITFIELD BITFIELD_RO BITPOS DECR DECRBY DUMP EXPIRE EXPIREAT EXPIRETIME GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER ' +
    'GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH GET GETBIT GETDEL GETEX GETRANGE GETSET HGETALL HKEYS HLEN HRANDFIELD HSCAN HVALS INCR INCRBY INCRBYFLOAT LINDEX ' +
    'LINSERT LLEN LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM MOVE PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD PSETEX PTTL PUBLISH RESTORE RPOP RPUSH RPUSHX SADD ' +
    'SCARD SET SETBIT SETEX SETNX SETRANGE SISMEMBER SMEMBERS SMISMEMBER SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SREM SSCAN STRLEN SUBSTR TTL TYPE XACK XADD XAUTOCLAIM ' +
    'XCLAIM XDEL XLEN XPENDING XRANGE XREVRANGE XSETID XTRIM ZADD ZCARD ZCOUNT ZINCRBY ZLEXCOUNT ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ' +
    'ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE')
  are(every, 'DEL EXISTS HDEL HEXISTS HGET HMGET HSTRLEN KEYS MGET PFCOUNT PFMERGE PSUBSCRIBE PUNSUBSCRIBE RENAME RENAMENX RPOPLPUSH SDIFF SDIFFSTORE SINTER SINTERSTORE ' +
    'SSUBSCRIBE SUBSCRIBE SUNION SUNIONSTORE SUNSUBSCRIBE TOUCH UNLINK UNSUBSCRIBE WATCH')
  are(first(2), 'BLMOVE BRPOPLPUSH COPY GEOSEARCHSTORE HINCRBY HINCRBYFLOAT HSETNX LCS LMOVE OBJECT SMOVE XGROUP XINFO ZRANGESTORE')
  are(butLast, 'BLPOP BRPOP BZPOPMAX BZPOPMIN')
  are(everySecond, 'MSET MSETNX')
  are(keyAndFields, 'HMSET HSET')
  are(script(false), 'EVAL EVAL_RO')
  are(storedProcedure, 'EVALSHA EVALSHA_RO FCALL FCALL_RO')
  // Their first argument is one of the words of the command itself.
  are(first(1), 'ACL CLIENT CLUSTER COMMAND CONFIG FUNCTION LATENCY MEMORY MODULE PUBSUB SCRIPT SLOWLOG')
  return names
}
// Made for the first command, and not with a start.
let table: Map<string, IsName> | undefined
function namesOf (command: string): IsName | undefined {
  table ??= known()
  return table.get(command) ?? table.get(command.toUpperCase())
}

const LONGEST = 1000
const LONGEST_NAME = 200

/** A command as one would type it, with every value as `?`: `HMSET myhash field1 ?`. Of a command that is not known no argument is shown. */
export function textOf (command: string, args: ArrayLike<unknown>, isName = namesOf(command)): string {
  let text = command
  for (let i = 0; i < args.length; i++) {
    if (text.length > LONGEST) return `${text} ...`
    text += isName !== undefined && isName(i, args) ? ` ${word(args[i])}` : ' ?'
  }
  return text
}

/** A name, in quotes where the command line needs them. */
function word (arg: unknown): string {
  if (typeof arg !== 'string' && typeof arg !== 'number' && !Buffer.isBuffer(arg)) return '?'
  const name = String(arg)
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name
  return isPlain(shown) ? shown : JSON.stringify(shown)
}
const PLAIN = /^[^\s"'\\\x00-\x1f]+$/
/** Letter by letter, as long as they are ASCII's: that takes a tenth of what the expression takes. */
function isPlain (name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i)
    if (c <= 0x20 || c === 0x22 || c === 0x27 || c === 0x5c || c >= 0x7f) return PLAIN.test(name)
  }
  return name !== ''
}

/** Where a command goes: a host, or the path of a socket, which has no port; `database` is an index. What it is comes later. */
export function target (host: string | undefined, port: number | string | undefined, database: number | string | undefined,
  stream?: object | null): Attributes {
  const peer = stream == null ? undefined : peerOf(stream)
  return {
    'db.system.name': 'redis',
    'db.namespace': database === undefined ? undefined : String(database),
    'db.operation.name': undefined,
    'db.operation.batch.size': undefined,
    'db.query.text': undefined,
    'db.stored_procedure.name': undefined,
    'db.response.status_code': undefined,
    'server.address': host,
    'server.port': port === undefined || Number(port) === 6379 ? undefined : Number(port),
    'network.peer.address': peer?.address,
    'network.peer.port': peer?.port,
    'error.type': undefined
  }
}

/** Name and describe a span by its one command. Its name is the command as the application gave it, without a target (semconv redis 1.44). */
export function describe (span: Span, command: string, args: ArrayLike<unknown>): void {
  const { attributes } = span
  span.name = command
  attributes['db.operation.name'] = command
  const isName = namesOf(command)
  attributes['db.query.text'] = textOf(command, args, isName)
  if (isName === storedProcedure) attributes['db.stored_procedure.name'] = String(args[0]).slice(0, LONGEST_NAME)
}

// A batch is one span, whatever the library and its version: one round trip, of which its commands have no time of their own; what they are is
// in its text, and the first that failed is its error. A batch of one command is no batch (semconv redis 1.44).
const BATCH = Symbol('autospan.batch')
type Batch = Span & { [BATCH]?: { mode: string, size: number, common: string | undefined } }

/** The span is that of a batch: PIPELINE, or MULTI, which it also becomes when that is its first command. */
export function batch (span: Batch, mode: 'PIPELINE' | 'MULTI'): void {
  span[BATCH] = { mode, size: 0, common: undefined }
  span.name = mode
  span.attributes['db.operation.name'] = mode
  span.attributes['db.operation.batch.size'] = 0
}

/** A command is sent while this span is active: what the span is about if nothing is known of it yet, the next of its commands if it is a batch. */
export function sent (span: Batch, command: string, args: ArrayLike<unknown>): void {
  const { attributes, [BATCH]: batch } = span
  if (batch === undefined) {
    if (attributes['db.query.text'] === undefined) describe(span, command, args)
    return
  }
  if (batch.size === 0 && /^multi$/i.test(command)) {
    span.name = attributes['db.operation.name'] = batch.mode = 'MULTI'
    return
  }
  if (batch.mode === 'MULTI' && /^exec$/i.test(command)) return
  if (++batch.size === 1) {
    describe(span, batch.common = command, args)
    attributes['db.operation.batch.size'] = undefined
    return
  }
  if (command !== batch.common) batch.common = undefined
  span.name = attributes['db.operation.name'] = batch.common === undefined ? batch.mode : `${batch.mode} ${batch.common}`
  attributes['db.operation.batch.size'] = batch.size
  attributes['db.stored_procedure.name'] = undefined
  const text = attributes['db.query.text'] as string
  if (text.length < LONGEST) attributes['db.query.text'] = `${text}; ${textOf(command, args)}`
}

/** A reply's error tells its kind by its first word (`WRONGTYPE Operation against ...`); other errors have a code, a name, or the name of their class. */
export function failed (span: Span, error: any): void {
  const reply = error?.replies?.[error.errorIndexes?.[0]] ?? error
  if (typeof reply?.message !== 'string' || (reply.code !== undefined && reply.name !== 'ReplyError')) return
  const status = /^[A-Z][A-Z0-9_]+(?= )/.exec(reply.message)?.[0]
  if (status === undefined) {
    if (reply.name === 'Error') span.attributes['error.type'] = reply.constructor.name
    return
  }
  span.attributes['db.response.status_code'] = span.attributes['error.type'] = status
  // The server repeats arguments, of a command that it does not know all of them.
  retell(reply, reply.message.replace(/,? with args beginning with[^]*$/, '').replace(QUOTED, '$1?$1'))
}
// Not: can't.
const QUOTED = /(?<![A-Za-z])(['"`])[^]*\1/

/** The replies of a batch: the first that is an error is the batch's. The replies of a MULTI may come as the last of them. */
export function replied (span: Span, replies: unknown): void {
  if (!Array.isArray(replies)) return
  const error = replies.find(isError) ?? [replies[replies.length - 1]].flat().find(isError)
  if (error === undefined) return
  span.fail(error)
  failed(span, error)
}
const isError = (reply: unknown): boolean => reply instanceof Error
