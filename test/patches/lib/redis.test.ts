import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, describe, failed, sent, target, textOf } from '../../../patches/lib/redis'
import { dice } from '../../dice'
import { outcome } from '../../../src/export/outcome'
import { TraceId } from '../../../src/trace/id'
import { Span, Trace } from '../../../src/trace/span'

const span = (): Span => {
  const made = new Span(new Trace(TraceId.of('1'.repeat(32)), true, true, undefined), undefined, false, 'client', 'redis', undefined)
  made.attributes = target('localhost', 6379, 0)
  return made
}

test('names are shown, values never', () => {
  const cases: Array<[string, unknown[], string]> = [
    ['GET', ['key'], 'GET key'],
    ['set', ['key', 'secret', 'EX', 10], 'set key ? ? ?'],
    ['HMSET', ['myhash', 'field1', 'secret', 'field2', 'secret'], 'HMSET myhash field1 ? field2 ?'],
    ['MSET', ['a', 'secret', 'b', 'secret'], 'MSET a ? b ?'],
    ['DEL', ['a', 'b'], 'DEL a b'],
    ['BLPOP', ['a', 'b', 5], 'BLPOP a b ?'],
    ['PUBLISH', ['channel', 'secret'], 'PUBLISH channel ?'],
    ['AUTH', ['user', 'secret'], 'AUTH ? ?'],
    ['HELLO', [3, 'AUTH', 'user', 'secret'], 'HELLO ? ? ? ?'],
    ['ECHO', ['secret'], 'ECHO ?'],
    ['CONFIG', ['SET', 'requirepass', 'secret'], 'CONFIG SET ? ?'],
    ['ACL', ['SETUSER', 'user', '>secret'], 'ACL SETUSER ? ?'],
    ['CLIENT', ['SETNAME', 'secret'], 'CLIENT SETNAME ?'],
    ['EVAL', ['return ARGV[1]', '2', 'a', 'b', 'secret'], 'EVAL ? 2 a b ?'],
    ['EVAL', ['return ARGV[1]', 'secret', 'secret'], 'EVAL ? ? ?'],
    ['EVAL', ['return ARGV[1]', '99', 'a', 'secret'], 'EVAL ? ? ? ?'],
    ['EVALSHA', ['abc', 0, 'secret'], 'EVALSHA abc 0 ?'],
    ['FCALL', ['fn', '1', 'a', 'secret'], 'FCALL fn 1 a ?'],
    ['MYMODULE.DO', ['secret', 'secret'], 'MYMODULE.DO ? ?'],
    ['Get', ['two words'], 'Get "two words"'],
    ['GET', ['clé:1'], 'GET clé:1'],
    ['GET', ['a\u00a0b'], 'GET "a\u00a0b"'],
    ['GET', ['a\'"\\b\n'], 'GET "a\'\\"\\\\b\\n"'],
    ['GET', [''], 'GET ""'],
    ['GET', [Buffer.from('key')], 'GET key'],
    ['GET', [{ secret: true }], 'GET ?']
  ]
  for (const [command, args, text] of cases) assert.equal(textOf(command, args), text)
})

test('a text has an end, and so has a name in it', () => {
  assert.equal(textOf('MGET', ['k'.repeat(10_000)]).length, 'MGET '.length + 200 + '...'.length)
  assert.ok(textOf('DEL', Array.from({ length: 10_000 }, (_, i) => `key:${i}`)).length < 1100)
  const many = span()
  batch(many, 'PIPELINE')
  for (let i = 0; i < 10_000; i++) sent(many, 'SET', [`key:${i}`, 'secret'])
  assert.equal(many.attributes['db.operation.batch.size'], 10_000)
  assert.ok(String(many.attributes['db.query.text']).length < 1100)
})

test('a batch of none is told as such, and one of one command is no batch', () => {
  const none = span()
  batch(none, 'PIPELINE')
  assert.deepEqual([none.name, none.attributes['db.operation.batch.size']], ['PIPELINE', 0])
  const one = span()
  batch(one, 'PIPELINE')
  for (const command of ['MULTI', 'GET', 'EXEC']) sent(one, command, [])
  assert.deepEqual([one.name, one.attributes['db.operation.name'], one.attributes['db.operation.batch.size']], ['GET', 'GET', undefined])
})

test('an error is known by its first word if it is a reply, and never tells an argument', () => {
  const after = (error: unknown): Span => {
    const made = span()
    describe(made, 'BOGUS', ['secret'])
    made.fail(error)
    failed(made, error)
    return made
  }
  const reply = (message: string, more = {}): Error => Object.assign(new Error(message), more)
  assert.equal(after(reply('WRONGTYPE Operation against a key')).attributes['error.type'], 'WRONGTYPE')
  assert.equal(after(reply('NOSCRIPT No matching script', { name: 'ReplyError', code: 'NOSCRIPT' })).attributes['db.response.status_code'], 'NOSCRIPT')
  assert.equal(after(reply("GET can't be processed", { name: 'AbortError', code: 'NR_CLOSED' })).attributes['db.response.status_code'], undefined)
  assert.equal(after(reply('connect ECONNREFUSED 127.0.0.1:6379', { code: 'ECONNREFUSED' })).attributes['error.type'], undefined)
  for (const [message, told] of [
    ["ERR unknown command 'BOGUS', with args beginning with: 'zq' 'zq'", "ERR unknown command '?'"],
    ['ERR unknown command `BOGUS`, with args beginning with: `zq`, ', 'ERR unknown command `?`'],
    ["ERR Error in ACL SETUSER modifier '>z'zq': Syntax error", "ERR Error in ACL SETUSER modifier '?': Syntax error"],
    ["ERR can't be done with \"zq\"", "ERR can't be done with \"?\""],
    ['WRONGTYPE Operation against a key', 'WRONGTYPE Operation against a key']
  ]) {
    const error = reply(message)
    const end = outcome(after(error))!
    assert.equal(end.message, told)
    assert.equal(end.event!.attributes!['exception.message'], told)
    assert.doesNotMatch(String(end.event!.attributes!['exception.stacktrace']), /zq/)
    assert.equal(error.message, message)
  }
})

test('100,000 commands: no value comes out, whatever the command', () => {
  const roll = dice(5)
  const VALUES = ['AUTH', 'HELLO', 'ECHO', 'PING', 'MIGRATE', 'BOGUS', 'MODULE.DO', '__proto__', 'constructor', 'toString', '', 'RESTORE-ASKING', 'REPLICAOF', 'SELECT', 'XREAD', 'ZUNION', 'JSON.SET', 'FT.SEARCH', 'DEBUG', 'PFDEBUG']
  const KEYED = ['SET', 'GETSET', 'APPEND', 'LPUSH', 'SADD', 'ZADD', 'XADD', 'PUBLISH', 'SETEX', 'PSETEX', 'LREM', 'SISMEMBER', 'GEOADD', 'CONFIG', 'ACL', 'CLIENT', 'SCRIPT', 'FUNCTION', 'MSET', 'HSET', 'HMSET', 'SORT', 'RESTORE']
  const SCRIPTS = ['EVAL', 'EVAL_RO']
  const value = (): unknown => ['zq', 'zq zq', 7_654_321, Buffer.from('zq'), { zq: 'zq' }, ['zq'], null, undefined, true, '\'zq', Symbol.iterator][roll(11)]
  for (let round = 0; round < 100_000; round++) {
    const kind = roll(3)
    const name = [VALUES, KEYED, SCRIPTS][kind]
    const command = name[roll(name.length)]
    const before = kind === 0 ? [] : kind === 1 ? ['key'] : [value(), ['0', 0, 'x', '9', -1, null, NaN][roll(7)]]
    // Of MSET and HSET every second one is a name.
    const rest = Array.from({ length: roll(kind === 1 ? 2 : 5) }, () => value())
    const args = /^(HM?SET)$/.test(command) ? ['key', 'field', ...rest] : /^(CONFIG|ACL|CLIENT|SCRIPT|FUNCTION)$/.test(command) ? ['SUB', ...rest] : [...before, ...rest]
    assert.doesNotMatch(textOf(roll(2) === 0 ? command : command.toLowerCase(), args), /zq|7654321/, `${command} ${args.map(String).join(' ')}`)
  }
})
