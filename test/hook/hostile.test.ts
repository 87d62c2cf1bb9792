import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { tracingChannel } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { around } from '../../src/hook/call'
import { fuseOf } from '../../src/hook/fuse'
import { trace } from '../../src/hook/listen'
import { wrap } from '../../src/hook/wrap'
import { protobuf } from '../../src/export/otlp'
import { speakAt } from '../../src/log'
import { alwaysOn } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { sampleWith } from '../../src/trace/tracer'
import { HOSTILE } from '../hostile'

sampleWith(alwaysOn)
speakAt('none')
const ended: Span[] = []
sendTo(span => { ended.push(span) })
const KINDS = ['client', 'server'] as const
let count = 0

/** What a call came to: its answer or its error, the very one. */
const outcome = (call: () => unknown): { out: unknown } | { error: unknown } => { try { return { out: call() } } catch (error) { return { error } } }
const settled = async (call: () => Promise<unknown>): Promise<{ out: unknown } | { error: unknown }> => { try { return { out: await call() } } catch (error) { return { error } } }
/** `assert.equal` would show them, and so look at them. */
const isSame = (one: any, other: any): boolean => Object.is(one.out, other.out) && Object.is(one.error, other.error)

for (const [what, value] of Object.entries(HOSTILE)) {
  test(`${what}, as answer, error, argument or \`this\` of what is traced: it passes as it is`, async () => {
    const before = ended.length
    let calls = 0
    const wrapped = (method: (...args: any[]) => any, kind: 'client' | 'server'): any => {
      const holder = { method }
      wrap(holder, fuseOf(`hostile ${++count}`), { of: exports => exports, method: 'method', kind, start (span) { span.name = 'call' } })
      calls++
      return holder.method
    }
    const traced = (method: (...args: any[]) => any): any => { calls++; return around(method, { name: 'call', kind: 'internal' }) }

    for (const make of [...KINDS.map(kind => (method: (...args: any[]) => any) => wrapped(method, kind)), traced]) {
      assert.ok(isSame(outcome(() => make(() => value)()), { out: value }))
      assert.ok(isSame(outcome(() => make(() => { throw value })()), { error: value }))
      assert.ok(isSame(outcome(() => make(function (this: unknown) { return this }).call(Object(value))), { out: Object(value) }) || Object(value) !== value)
      assert.ok(isSame(outcome(() => make((given: unknown) => given)(value, 'last')), { out: value }))
      assert.ok(isSame(await settled(() => make(async () => { throw value })()), { error: value }))
      assert.ok(isSame(await settled(() => make(async () => [value])().then(([inner]: [unknown]) => inner === value)), { out: true }))
    }
    for (const kind of KINDS) {
      // A callback is given its arguments as they are.
      let given: unknown[] = []
      wrapped((done: Function) => { done(value, value) }, kind)((...args: unknown[]) => { given = args })
      assert.ok(given.length === 2 && given.every(one => Object.is(one, value)))
      // An emitter that tells of it as its error tells those who listen.
      const emitter = wrapped(() => new EventEmitter(), kind)() as EventEmitter
      let error: unknown
      emitter.on('error', told => { error = told })
      emitter.emit('error', value)
      emitter.emit('close')
      assert.ok(Object.is(error, value))
    }
    const channel = tracingChannel(`hostile:${count}`)
    trace(fuseOf(`hostile ${++count}`), `hostile:${count - 1}`, () => ({ kind: 'client', start () {} }))
    calls += 2
    assert.ok(isSame(outcome(() => channel.traceSync(() => value, {})), { out: value }))
    assert.ok(isSame(outcome(() => channel.traceSync(() => { throw value }, {})), { error: value }))

    await new Promise(resolve => setImmediate(resolve))
    // Each call has its span, and all of them can be sent.
    assert.ok(ended.length - before >= calls, `${ended.length - before} of ${calls}`)
    assert.ok(protobuf(ended.splice(before), {}).length > 0)
  })
}

test('a callback that throws when it is looked at is called all the same', () => {
  const explode = (): never => { throw new Error('hostile') }
  const called: unknown[] = []
  const callback = new Proxy((...args: unknown[]) => { called.push(args) }, { get: explode, has: explode, ownKeys: explode, getPrototypeOf: explode, getOwnPropertyDescriptor: explode })
  for (const kind of KINDS) {
    const holder = { method: (done: Function) => { Reflect.apply(done, undefined, [null, kind]) } }
    wrap(holder, fuseOf(`hostile ${++count}`), { of: exports => exports, method: 'method', kind, start () {} })
    holder.method(callback)
  }
  assert.deepEqual(called, [[null, 'client'], [null, 'server']])
  assert.equal(around(callback, { name: 'call', kind: 'internal' })(null, 'traced'), undefined)
  assert.deepEqual(called[2], [null, 'traced'])
})

test('a promise, or what looks like one, that throws when it is looked at', async () => {
  const explode = (): never => { throw new Error('hostile') }
  const promise = Promise.resolve(1)
  Object.defineProperty(promise, 'constructor', { get: explode })
  const thenable = { get then () { return explode() } }
  const odd = Object.assign(Promise.resolve(2), { then: explode })
  for (const value of [promise, thenable, odd]) {
    const holder = { method: () => value }
    wrap(holder, fuseOf(`hostile ${++count}`), { of: exports => exports, method: 'method', kind: 'client', start () {} })
    assert.doesNotThrow(() => { void holder.method() })
  }
})
