import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { fuseOf } from '../../src/hook/fuse'
import { begin, meet } from '../../src/hook/listen'
import { within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { SILENT, type Remote, type Span } from '../../src/trace/span'
import { child, root } from '../../src/trace/tracer'

interface Message { from?: Remote, ignored?: boolean, started?: Span, carried?: Span }
const calls = channel('begin.test:calls')
const CALLER: Remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }

begin(fuseOf('calls'), 'begin.test:calls', () => ({
  kind: 'client',
  ignore: message => message.ignored,
  from: message => message.from,
  start (span, message) { message.started = span },
  carry (span, message) { message.carried = span }
}))

function call (message: Message = {}, scope?: Span): Message {
  within(scope && frameOf(scope), () => calls.publish(message), undefined, [])
  return message
}

test('begin: a span beneath the active one, which is given to carry and stays open', () => {
  const parent = root('server', 'test', undefined)
  const { started, carried } = call({}, parent)
  assert.equal(started, carried)
  assert.equal(started?.parent, parent.id)
  assert.equal(started?.trace, parent.trace)
  assert.equal(started?.recording, true)
})

test('begin: the context that the application itself sends is the parent', () => {
  const { started } = call({ from: CALLER }, root('server', 'test', undefined))
  assert.deepEqual([started?.trace.id, started?.parent], [CALLER.traceId, CALLER.spanId])
  // The application sends what is active: it is the parent as ever.
  const active = root('server', 'test', undefined)
  const own = call({ from: { traceId: active.trace.id, spanId: active.id, sampled: true } }, active).started
  assert.deepEqual([own?.trace, own?.parent], [active.trace, active.id])
  // It sends another span of the same trace.
  const other = child('client', 'test')!
  const sibling = call({ from: { traceId: active.trace.id, spanId: other.id, sampled: true } }, active).started
  assert.deepEqual([sibling?.trace, sibling?.parent], [active.trace, other.id])
})

test('begin: beneath what is not recorded nothing is, but it is told on', () => {
  const quiet = root('server', 'test', undefined, true)
  for (const from of [undefined, CALLER]) {
    const { started, carried } = call({ from }, quiet)
    assert.deepEqual([started, carried], [undefined, quiet])
  }
  assert.equal(call({ from: CALLER }, SILENT).started, undefined)
})

test('begin: what is ignored is neither traced nor told on', () => {
  const { started, carried } = call({ ignored: true }, root('server', 'test', undefined))
  assert.deepEqual([started, carried], [undefined, undefined])
})

test('meet: the methods of a class are looked at from its first object on, once', () => {
  class Hidden { told (word: string): string { return word } }
  const looks: string[] = []
  meet(fuseOf('met'), 'begin.test:met', () => ({ of: Object.getPrototypeOf, tap: [{ method: 'told', before: (_, args) => looks.push(args[0]) }, { method: 'absent' }] }))
  const object = new Hidden()
  object.told('before')
  channel('begin.test:met').publish(object)
  channel('begin.test:met').publish(new Hidden())
  assert.equal(object.told('after'), 'after')
  assert.deepEqual(looks, ['after'])
})
