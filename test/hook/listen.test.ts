import assert from 'node:assert/strict'
import { channel, subscribe, tracingChannel } from 'node:diagnostics_channel'
import { beforeEach, test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fuseOf, type Fuse } from '../../src/hook/fuse'
import { on, trace } from '../../src/hook/listen'
import { active, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { sendTo, type Span } from '../../src/trace/span'
import { root, traceWith } from '../../src/trace/tracer'
import { alwaysOff, alwaysOn, parentBased } from '../../src/trace/sampler'
import { speakAt } from '../../src/log'
import type { Trace } from '../../src/hook/contract'

const ended: Span[] = []
sendTo(span => { ended.push(span) })
let fuse: Fuse
let name = ''
let count = 0
beforeEach(() => {
  ended.length = 0
  name = `autospan-listen-test-${++count}`
  fuse = fuseOf(name)
  traceWith(parentBased(alwaysOn), undefined)
  speakAt('none')
})
/** A channel of a library, listened to. */
function listened (more: Partial<Trace> = {}): any {
  trace(fuse, name, () => ({ kind: 'client', start (span, message) { span.name = message.name }, ...more }))
  return tracingChannel(name)
}
const inside = <T>(scope: Span | undefined, fn: () => T): T => within(scope && frameOf(scope), fn, undefined, [])
const anError = new Error('it failed')
const told = (): unknown[] => ended.map(({ name, error, parent }) => ({ name, error, parent }))

test('traceSync: the span is active inside and ends with the call, well or by a throw', () => {
  const source = listened()
  const caller = root('server', 'test', undefined)
  inside(caller, () => {
    assert.equal(source.traceSync(() => active()!.name, { name: 'a' }), 'a')
    assert.throws(() => source.traceSync(() => { throw anError }, { name: 'b' }), error => error === anError)
    assert.equal(active(), caller)
  })
  assert.deepEqual(told(), [{ name: 'a', error: undefined, parent: caller.id }, { name: 'b', error: anError, parent: caller.id }])
})

test('who else listens to a library hears all of it, though the channels were known before it was loaded', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  listened()
  await after(1)
  collect()
  const library = tracingChannel(name) as any
  for (let i = 0; i < 3; i++) { await after(5); collect() }   // what a collected channel leaves to be done is done then
  const heard: string[] = []
  for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) subscribe(`tracing:${name}:${event}`, () => { heard.push(event) })
  await assert.rejects(library.tracePromise(async () => { throw anError }, { name: 'a' }), error => error === anError)
  assert.deepEqual(heard, ['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
})

test('tracePromise: the span ends when the promise is settled, and the caller goes on in its own context', async () => {
  const source = listened()
  const caller = root('server', 'test', undefined)
  await inside(caller, async () => {
    assert.equal(await source.tracePromise(async () => { await null; return active()!.name }, { name: 'a' }), 'a')
    assert.equal(active(), caller)
    await assert.rejects(source.tracePromise(async () => { await null; throw anError }, { name: 'b' }), error => error === anError)
  })
  assert.deepEqual(told(), [{ name: 'a', error: undefined, parent: caller.id }, { name: 'b', error: anError, parent: caller.id }])
})

test('traceCallback: the span ends before the callback, which goes on in its caller\'s context', () => {
  const source = listened()
  const caller = root('server', 'test', undefined)
  let later: Function = () => {}
  const call = (name: string, callback: Function): void => inside(caller, () =>
    source.traceCallback((done: Function) => { later = done }, -1, { name }, undefined, callback))
  let seen: unknown[] = []
  call('a', (error: unknown, value: unknown) => { seen = [error, value, active(), ended.length] })
  inside(undefined, () => later(null, 1))
  assert.deepEqual(seen, [null, 1, caller, 1])
  call('b', () => { throw new Error('of the application') })
  assert.throws(() => later(anError), /of the application/)
  assert.deepEqual(told(), [{ name: 'a', error: undefined, parent: caller.id }, { name: 'b', error: anError, parent: caller.id }])
})

test('traceCallback, called back at once by a callback that throws: the error is not the library\'s', () => {
  const source = listened()
  assert.throws(() => source.traceCallback((done: Function) => done(null), -1, { name: 'a' }, undefined, () => { throw anError }), error => error === anError)
  assert.equal(ended.length, 1)
  assert.equal(ended[0].error, undefined)
})

test('what is thrown, or rejected with, is undefined: the span ends, failed', async () => {
  const failures: unknown[] = []
  const source = listened({ result () { assert.fail('it has no result') }, failed (_, error) { failures.push(error) } })
  const thrown = (): never => { throw undefined }
  assert.throws(() => source.traceSync(thrown, { name: 'sync' }), error => error === undefined)
  assert.throws(() => source.tracePromise(thrown, { name: 'before the promise' }), error => error === undefined)
  await assert.rejects(source.tracePromise(async () => thrown(), { name: 'promise' }), error => error === undefined)
  assert.throws(() => source.traceCallback(thrown, -1, { name: 'callback' }, undefined, () => {}), error => error === undefined)
  assert.deepEqual(ended.map(({ name, error }) => [name, error]), ['sync', 'before the promise', 'promise', 'callback'].map(name => [name, 'unknown']))
  assert.deepEqual(failures, [undefined, undefined, undefined, undefined])
  assert.equal(fuse.failures, 0)
})

test('a message that is skipped makes no span, an unsampled trace is handed on', () => {
  const source = listened({ skip: message => message.name === 'no' })
  const caller = root('server', 'test', undefined)
  inside(caller, () => assert.equal(source.traceSync(() => active(), { name: 'no' }), caller))
  traceWith(parentBased(alwaysOff), undefined)
  const span = source.traceSync(() => active(), { name: 'yes' })
  assert.equal(span.trace.sampled, false)
  assert.equal(inside(span, () => source.traceSync(() => active(), { name: 'yes' })), span)
  assert.equal(ended.length, 0)
})

test('`result` and `failed` look while the span is open', async () => {
  const seen: unknown[] = []
  const source = listened({ result (span, message) { seen.push(message.result, span.recording) }, failed (span, error) { seen.push(error, span.recording) } })
  await source.tracePromise(async () => 1, { name: 'a' })
  await source.tracePromise(async () => { throw anError }, { name: 'b' }).catch(() => {})
  assert.deepEqual(seen, [1, true, anError, true])
})

test('a patch that throws is switched off, the library is not disturbed', async () => {
  const throws = (): never => { throw new Error('patch') }
  const source = listened({ start: throws, result: throws, failed: throws })
  on(fuse, `${name}-plain`, throws)
  for (let i = 0; i < 10; i++) {
    assert.equal(await source.tracePromise(async () => i, {}), i)
    channel(`${name}-plain`).publish({})
  }
  assert.equal(fuse.blown, true)
  assert.ok(ended.length < 10)
})

test('`on` sees each message', () => {
  const seen: unknown[] = []
  on(fuse, name, message => { seen.push(message) })
  channel(name).publish(1)
  assert.deepEqual(seen, [1])
})
