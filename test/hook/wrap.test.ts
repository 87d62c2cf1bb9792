import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import { beforeEach, mock, test } from 'node:test'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fuseOf, type Fuse } from '../../src/hook/fuse'
import { tap, wrap, type Layers } from '../../src/hook/wrap'
import { active, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { SILENT, sendTo, type Span } from '../../src/trace/span'
import { child, root, traceWith } from '../../src/trace/tracer'
import { uncaught } from '../../src/trace/unfinished'
import { alwaysOff, alwaysOn, parentBased } from '../../src/trace/sampler'
import { speakAt } from '../../src/log'
import type { Tap, Wrap } from '../../src/hook/contract'

const ended: Span[] = []
sendTo(span => { ended.push(span) })
let fuse: Fuse
let count = 0
beforeEach(() => {
  ended.length = 0
  fuse = fuseOf(`wrap test ${++count}`)
  traceWith(parentBased(alwaysOn), undefined)
  speakAt('none')
})

/** An object with a wrapped `method`. */
function wrapped<F extends Function> (method: F, more: Partial<Wrap> = {}, layers?: Layers): { method: F } {
  const holder = { method }
  wrap(holder, fuse, { of: exports => exports, method: 'method', kind: 'client', start (span) { span.name = 'call' }, ...more }, layers)
  return holder
}
const inside = <T>(scope: Span | undefined, fn: () => T): T => within(scope && frameOf(scope), fn, undefined, [])
/** What is said on stderr meanwhile. */
function spoken (during: () => void): string[] {
  const write = mock.method(fs, 'writeSync', () => 0)
  speakAt('info')
  try { during() } finally { write.mock.restore() }
  return write.mock.calls.map(({ arguments: [, text] }) => String(text))
}
const anError = new Error('it failed')

test('a wrapped method looks like the original: name, length, properties, symbols, accessors, prototype', () => {
  const KEY = Symbol('key')
  function original (this: unknown, _a: unknown, _b: unknown, _c: unknown): void {}
  Object.assign(original, { more: 1, [KEY]: 2, [promisify.custom]: 3 })
  Object.defineProperty(original, 'late', { get: () => 4, enumerable: false, configurable: true })
  const { method } = wrapped(original)
  assert.notEqual(method, original)
  assert.equal(method.name, 'original')
  assert.equal(method.length, 3)
  assert.equal(method.prototype, original.prototype)
  const seen = method as any
  assert.deepEqual([seen.more, seen[KEY], seen[promisify.custom], seen.late], [1, 2, 3, 4])
  assert.deepEqual(Object.keys(method), Object.keys(original))
  assert.equal(`${method}`, `${original}`)

  const task = wrapped(async () => {}).method
  assert.equal(Object.getPrototypeOf(task), Object.getPrototypeOf(async () => {}))
  assert.equal(Object.prototype.toString.call(task), '[object AsyncFunction]')
  assert.equal((task as any).prototype, undefined)
})

test('the property keeps its place: enumerable as before, inherited ones are not touched in the parent', () => {
  class Base { method (): string { return 'base' } }
  class Derived extends Base {}
  const point: Wrap = { of: exports => exports.prototype, method: 'method', kind: 'client', start () {} }
  wrap(Derived, fuse, point)
  assert.equal(new Derived().method(), 'base')
  assert.equal(new Base().method(), 'base')
  assert.equal(ended.length, 1)
  assert.deepEqual(Object.keys(Derived.prototype), [])

  const old = Object.create({ method () {} })
  wrap(old, fuse, { ...point, of: exports => exports })
  const found = []
  for (const key in old) found.push(key)
  assert.deepEqual(found, ['method'])
})

test('called with `new`, the wrapper makes what the original makes', () => {
  class Thing { value: number; constructor (value: number) { this.value = value } static made = 1 }
  const holder = { Thing }
  wrap(holder, fuse, { of: exports => exports, method: 'Thing', kind: 'client', start () {} })
  class More extends holder.Thing {}
  const more = new More(2)
  assert.ok(more instanceof Thing && more instanceof More)
  assert.equal(more.value, 2)
  assert.equal(holder.Thing.made, 1)
  assert.throws(() => (holder.Thing as any)(1), /Class constructor Thing cannot be invoked without 'new'/)

  function Old (this: any, value: number): void { this.value = value; this.made = new.target === Old || new.target === undefined }
  const old = wrapped(Old as any).method as any
  assert.ok(new old(3) instanceof Old)
  assert.equal(new old(3).value, 3)
  const arrow = wrapped(() => {}).method as any
  assert.throws(() => new arrow(), TypeError)
})

test('exports that come twice are wrapped once, a second copy is wrapped, too', () => {
  const point: Wrap = { of: exports => exports, method: 'method', kind: 'client', start () {} }
  const one = { method: () => 1 }
  const two = { method: () => 2 }
  for (const holder of [one, one, two]) wrap(holder, fuse, point)
  one.method()
  assert.equal(ended.length, 1)
  two.method()
  assert.equal(ended.length, 2)
})

test('`this`, arguments and the answer pass unchanged; the arguments of the caller are not touched', () => {
  const holder = wrapped(function (this: unknown, ...args: unknown[]) { return [this, ...args] })
  assert.deepEqual(holder.method(1, undefined), [holder, 1, undefined])
  assert.deepEqual(holder.method.call('self' as any).length, 1)
  const given: [string, () => void] = ['x', () => {}]
  const [, callback] = given
  wrapped((_: string, done: () => void) => { done() }).method.apply(undefined, given)
  assert.equal(given[1], callback)
})

test('a plain answer, a throw: the span ends, with the error on it, and the very error arrives', () => {
  assert.equal(wrapped(() => 1).method(), 1)
  assert.throws(wrapped(() => { throw anError }).method, error => error === anError)
  assert.deepEqual(ended.map(({ name, error }) => ({ name, error })), [{ name: 'call', error: undefined }, { name: 'call', error: anError }])
  assert.throws(wrapped(() => { throw undefined }).method, error => error === undefined)
  assert.equal(ended[2].error, 'unknown')
})

test('an entry that throws: the error passes by, and is known only if nobody catches it', async () => {
  assert.throws(wrapped(() => { throw anError }, { kind: 'server' }).method, error => error === anError)
  assert.equal(ended.length, 0)
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual([ended.length, ended[0].error], [1, '_OTHER'])
  assert.throws(wrapped(() => { throw anError }, { kind: 'server' }).method)
  assert.equal(process.listenerCount('uncaughtExceptionMonitor'), 0)
  for (const learn of uncaught) learn(anError)
  assert.deepEqual([ended.length, ended[1].error], [2, anError])
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual([ended.length, uncaught.size], [2, 0])
})

test('a promise: same value, same error, same class; the span ends with it', async () => {
  class Mine<T> extends Promise<T> {}
  assert.ok(wrapped(() => Mine.resolve(1)).method() instanceof Mine)
  assert.equal(await wrapped(async () => 1).method(), 1)
  await assert.rejects(wrapped(async () => { throw anError }).method(), error => error === anError)
  await assert.rejects(wrapped(() => Mine.reject(anError)).method(), error => error === anError)
  assert.deepEqual(ended.map(({ error }) => error), [undefined, undefined, anError, anError])

  let finish = (_: number): void => {}
  const pending = wrapped(() => new Promise<number>(resolve => { finish = resolve })).method()
  assert.equal(ended.length, 4)
  finish(2)
  assert.equal(await pending, 2)
  assert.equal(ended.length, 5)
})

test('a promise that cannot be chained is given back as it is', async () => {
  class Odd extends Promise<number> { static get [Symbol.species] (): never { throw new Error('not mine') } }
  const odd = new Odd(() => {})
  assert.equal(wrapped(() => odd).method(), odd)
  assert.equal(ended.length, 1)
})

test('a promise has what hung on the one that was returned, whatever its class', async () => {
  class Mine<T> extends Promise<T> { child = 'none' }
  for (const promise of [Promise.resolve(1), Mine.resolve(1)]) {
    Object.defineProperty(promise, 'late', { get: () => 2, enumerable: true })
    const held = wrapped(() => Object.assign(promise, { child: 'its own' })).method() as any
    assert.notEqual(held, promise)
    assert.deepEqual([held.child, held.late, Object.keys(held).sort()], ['its own', 2, ['child', 'late']])
    assert.equal(await held, 1)
  }
})

test('a promise of another context has the same value, and its class; the span ends with it', async () => {
  const [promise, finish, Theirs] = runInNewContext('let finish; const promise = new Promise(resolve => { finish = resolve }); [promise, finish, Promise]')
  const held = wrapped(() => promise).method()
  assert.ok(held instanceof Theirs)
  await null
  assert.equal(ended.length, 0)
  finish(1)
  assert.equal(await held, 1)
  assert.equal(ended.length, 1)
})

test('the stack of an error goes on to the function that awaits it', async () => {
  const holder = wrapped(async () => { await null; throw new Error('deep') })
  async function awaiting (): Promise<void> { await holder.method() }
  await assert.rejects(awaiting(), (error: Error) => error.stack!.includes('at async awaiting'))
})

test('a thenable that is no promise, and a promise with a `then` of its own, is not touched: it may begin only when somebody asks', () => {
  let begun = 0
  const then = (): any => { begun++ }
  class Query extends Promise<void> { override then = then }
  for (const lazy of [{ then }, new Query(() => {}), Object.assign(Promise.resolve(), { then }), runInNewContext('class Query extends Promise { then () { throw 1 } }; new Query(() => {})')]) {
    assert.equal(wrapped(() => lazy).method(), lazy)
  }
  assert.deepEqual([begun, ended.length], [0, 4])
})

test('an emitter: the span ends with `end`, `close` or `error`, an unheard error is still thrown', () => {
  const emitter = new EventEmitter()
  assert.equal(wrapped(() => emitter).method(), emitter)
  assert.equal(ended.length, 0)
  assert.throws(() => emitter.emit('error', anError), error => error === anError)
  assert.equal(ended[0].error, anError)
  const other = new EventEmitter()
  wrapped(() => other).method()
  other.emit('end')
  other.emit('close')
  assert.equal(ended.length, 2)
  assert.throws(() => wrapped(() => Object.freeze(new EventEmitter())).method().on('end', () => {}), TypeError)
  assert.equal(ended.length, 3)
})

test('an emitter that the caller gets has no listener of ours, and no property that could be listed', () => {
  const emitter = wrapped(() => new EventEmitter()).method()
  assert.deepEqual([emitter.eventNames(), Object.keys(emitter)], [[], Object.keys(new EventEmitter())])
  let heard = 0
  for (const event of ['error', 'end', 'close']) for (let i = 0; i < EventEmitter.defaultMaxListeners; i++) emitter.on(event, () => heard++)
  emitter.emit('end')
  assert.deepEqual([heard, ended.length, (emitter as any)._events.end.warned], [EventEmitter.defaultMaxListeners, 1, undefined])
})

test('a callback: the span ends when it is called, it runs in its caller\'s context, with its `this`, its arguments and its answer', () => {
  let later: Function = () => {}
  const holder = wrapped((_: string, done: Function) => { later = done; assert.equal(active()?.name, 'call') })
  const caller = root('server', 'test', undefined)
  const callback = Object.assign(function (this: unknown, ...args: unknown[]) { return [this, active(), ...args] }, { mark: 1 })
  inside(caller, () => holder.method('x', callback))
  assert.equal(ended.length, 0)
  assert.equal((later as any).mark, 1)
  assert.deepEqual(inside(undefined, () => later.call('self', null, 2)), ['self', caller, null, 2])
  assert.equal(ended.length, 1)
  assert.equal(ended[0].parent, caller.id)
  later(anError)
  assert.equal(ended.length, 1)
  assert.equal(ended[0].error, undefined)
})

test('a leaf is called in its caller\'s context, and so is its callback, recorded or not; its span is the caller\'s child', async () => {
  const caller = root('server', 'test', undefined)
  const contexts: Array<Span | undefined> = []
  const look = (): void => { contexts.push(active()) }
  const holder = wrapped((done: Function) => { look(); done() }, { leaf: true })
  inside(caller, () => holder.method(look))
  await inside(caller, wrapped(async () => look(), { leaf: true }).method)
  assert.throws(() => inside(caller, wrapped(() => { look(); throw anError }, { leaf: true }).method), anError)
  assert.deepEqual(contexts, [caller, caller, caller, caller])
  assert.deepEqual(ended.map(({ parent, error }) => [parent, error]), [[caller.id, undefined], [caller.id, undefined], [caller.id, anError]])
  holder.method(look)
  traceWith(parentBased(alwaysOff), undefined)
  holder.method(look)
  assert.deepEqual(contexts.slice(4), [undefined, undefined, undefined, undefined])
  assert.equal(ended.length, 4)
})

test('`before` puts the arguments where they are looked for, also of a call that is skipped and while all is switched off, but not when the patch has failed', () => {
  const before: Wrap['before'] = (_, args) => { args[0]++ }
  const described: number[] = []
  const add = (n: number): number => n
  assert.equal(wrapped(add, { before, start (_, __, args) { described.push(args[0]) } }).method(1), 2)
  assert.deepEqual(described, [2])
  assert.equal(wrapped(add, { before, skip: (_, args) => args[0] === 2 }).method(1), 2)
  assert.equal(ended.length, 1)
  fuse.off = true
  assert.equal(wrapped(add, { before }).method(1), 2)
  fuse.blown = true
  assert.equal(wrapped(add, { before }).method(1), 1)
})

test('while all is switched off, a callback goes on in its caller\'s context', () => {
  const caller = root('server', 'test', undefined)
  let later: Function = () => {}
  const holder = wrapped((done: Function) => { later = done })
  fuse.off = true
  inside(caller, () => holder.method(() => active()))
  assert.equal(inside(SILENT, () => later()), caller)
  assert.equal(ended.length, 0)
})

test('a callback that gets an error, and one that throws: the span has the first, the second is not the library\'s', () => {
  wrapped((done: Function) => { done(anError) }).method(() => {})
  assert.equal(ended[0].error, anError)
  assert.throws(() => wrapped((done: Function) => { done(null) }).method(() => { throw anError }), error => error === anError)
  assert.equal(ended[1].error, undefined)
})

test('what is ignored is silent beneath, but its callback goes on in the caller\'s context', () => {
  const caller = root('server', 'test', undefined)
  let later: Function = () => {}
  const holder = wrapped((done: Function) => { later = done; return active() }, { ignore: () => true })
  assert.equal(inside(caller, () => holder.method(() => active())), SILENT)
  assert.equal(inside(SILENT, () => later()), caller)
  assert.equal(ended.length, 0)
  const server = wrapped(() => active(), { ignore: () => true, kind: 'server' })
  assert.equal(server.method()!.trace.sampled, false)
  assert.equal(ended.length, 0)
})

test('an unsampled trace is told on but not described', () => {
  traceWith(parentBased(alwaysOff), undefined)
  const told: Array<Span | undefined> = []
  let described = 0
  const holder = wrapped(() => active(), { carry (span) { told.push(span) }, start () { described++ } })
  const span = holder.method()!
  assert.equal(span.trace.sampled, false)
  inside(span, () => holder.method())
  assert.deepEqual(told, [span, span])
  assert.equal(described, 0)
  assert.equal(ended.length, 0)
})

test('`ends` decides alone; `skip` leaves the call as it was', () => {
  let open: Span | undefined
  const holder = wrapped((fn: () => number) => fn(), { ends (span) { open = span } })
  assert.equal(holder.method(() => 1), 1)
  assert.equal(ended.length, 0)
  open!.end()
  assert.equal(ended.length, 1)
  assert.equal(wrapped(() => active(), { skip: () => true }).method(), undefined)
})

test('`result` and `failed` look at what came, while the span is open', async () => {
  const seen: unknown[] = []
  const look: Partial<Wrap> = { result (span, out) { seen.push(out, span.recording) }, failed (span, error) { seen.push(error, span.recording) } }
  await wrapped(async () => 1, look).method()
  wrapped((done: Function) => done(null, 2), look).method(() => {})
  await wrapped(async () => { throw anError }, look).method().catch(() => {})
  assert.deepEqual(seen, [1, true, 2, true, anError, true])
})

test('a context that the application put into what it sends is the parent', () => {
  const from = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
  wrapped(() => {}, { from: () => from }).method()
  assert.deepEqual([ended[0].trace.id, ended[0].parent, ended[0].remote], [from.traceId, from.spanId, true])
  const own = root('server', 'test', undefined)
  inside(own, () => wrapped(() => {}, { from: () => ({ traceId: own.trace.id, spanId: own.id, sampled: true }) }).method())
  assert.equal(ended[1].trace, own.trace)
})

test('layers: only the slow ones and those that failed, and the slow ones are nobody\'s parent', () => {
  const caller = root('server', 'test', undefined)
  inside(caller, () => {
    wrapped(() => {}, {}, { slow: 1000 }).method()
    assert.throws(wrapped(() => { throw anError }, {}, { slow: 1000 }).method)
    wrapped(() => { assert.equal(active(), caller); const until = performance.now() + 5; while (performance.now() < until); }, {}, { slow: 2 }).method()
    wrapped(() => { assert.equal(active()!.name, 'call') }, {}, { slow: 0 }).method()
  })
  assert.deepEqual(ended.map(({ error }) => error), [anError, undefined, undefined])
})

test('a patch of which every function throws: the original is called once, everything passes, and after five failures it is switched off', async () => {
  const throws = (): never => { throw new Error('patch') }
  const hostile: Partial<Wrap> = { before: throws, ignore: throws, from: throws, start: throws, carry: throws, result: throws, failed: throws }
  let calls = 0
  const holder = wrapped((value: unknown) => { calls++; return value }, { start: throws })
  const lines = spoken(() => {
    for (let i = 1; i <= 10; i++) {
      assert.equal(holder.method(i), i)
      assert.equal(calls, i)
    }
  })
  assert.equal(fuse.blown, true)
  assert.equal(ended.length, 5)
  assert.equal(lines.length, 1)
  assert.match(lines[0], new RegExp(`^autospan: the patch '${fuse.scope}' failed 5 times and is switched off, .*the last failure: Error: patch`))

  for (const more of [hostile, { ...hostile, skip: throws }, { ...hostile, ends: throws }]) {
    fuse = fuseOf(`hostile ${++count}`)
    assert.equal(await wrapped(async () => 1, more).method(), 1)
    assert.equal(wrapped((done: Function) => done(null, 2), more).method((_: unknown, value: number) => value), 2)
    assert.throws(wrapped(() => { throw anError }, more).method, error => error === anError)
  }
  fuse = fuseOf(`hostile ${++count}`)
  assert.doesNotThrow(() => tapped(() => 1, { skip: throws, before: throws, after: throws, answers: throws, inside: throws }).method())
})

function tapped<F extends Function> (method: F, more: Partial<Tap>): { method: F } {
  const holder = { method }
  tap(holder, fuse, { of: exports => exports, method: 'method', ...more })
  return holder
}

test('a tap sees the call before and after, may change the arguments and the context, and makes no span', () => {
  const seen: unknown[] = []
  const scope = root('server', 'test', undefined)
  const holder = tapped((value: number) => [value, active()], {
    before (self, args) { seen.push(self, args[0]); args[0] = 2 },
    after (_, out) { seen.push(out) },
    inside: () => frameOf(scope)
  })
  const out = holder.method(1)
  assert.deepEqual(out, [2, scope])
  assert.deepEqual(seen, [holder, 1, out])
  assert.equal(tapped(() => 1, { answers: (_, out) => out + 1 }).method(), 2)
  assert.equal(tapped(() => 1, { answers: () => undefined }).method(), 1)
  assert.throws(tapped(() => { throw anError }, { after () { seen.length = 0 } }).method, error => error === anError)
  assert.equal(seen.length, 3)
  assert.equal(ended.length, 0)
})

test('a tap skips calls by their first argument; one that cannot say so is looked at, and what is called gets all it was given', () => {
  const seen: unknown[] = []
  const before: Tap['before'] = (_, args) => { seen.push(args[0]) }
  const holder = tapped(function (this: unknown, ...args: unknown[]) { return [this, ...args] }, { skip: (_, first) => first === 'data', before })
  assert.deepEqual(holder.method('data', 1, 2), [holder, 'data', 1, 2])
  assert.deepEqual(holder.method('close', 3), [holder, 'close', 3])
  assert.deepEqual(holder.method(), [holder])
  tapped(() => {}, { skip () { throw anError }, before }).method()
  assert.deepEqual(seen, ['close', undefined, undefined])
})

test('switched off, a tap sees nothing, unless it has to count', () => {
  let count = 0
  const counted = tapped(() => {}, { always: true, before () { count++ } })
  const other = tapped(() => {}, { before () { count += 10 } })
  const skipping = tapped(() => {}, { skip () { count += 100; return false } })
  fuse.blown = true
  counted.method()
  other.method()
  skipping.method()
  assert.equal(count, 1)
})

test('a method that is not there, or cannot be replaced, is left alone', () => {
  const frozen = Object.freeze({ method: () => 1 })
  const point: Wrap = { of: exports => exports, method: 'method', kind: 'client', start () {} }
  wrap({}, fuse, point)
  wrap(undefined, fuse, point)
  assert.throws(() => wrap(frozen, fuse, point))
  assert.equal(frozen.method(), 1)
})

test('children of concurrent calls have their own parents', async () => {
  const holder = wrapped(async () => { await new Promise(resolve => setTimeout(resolve, 1)); child('client', 'inner')!.end() })
  await Promise.all([1, 2, 3].map(() => inside(root('server', 'test', undefined), () => holder.method())))
  const inner = ended.filter(span => span.scope === 'inner')
  const outer = ended.filter(span => span.scope !== 'inner')
  assert.deepEqual(inner.map(span => span.parent).sort(), outer.map(span => span.id).sort())
})

test('what is hung on the object that settles a call is garbage of the cheap kind, as the call itself', () => {
  setFlagsFromString('--allow-natives-syntax')
  const isYoung = new Function('value', 'return %InYoungGeneration(value)')
  setFlagsFromString('--no-allow-natives-syntax')
  const command = { resolve () {}, reject () {} }
  const { resolve, reject } = command
  wrapped((_: object) => {}, { settles: (_, args) => args[0] }).method(command)
  assert.notEqual(command.resolve, resolve)
  assert.notEqual(command.reject, reject)
  assert.deepEqual([isYoung(command.resolve), isYoung(command.reject)], [true, true])
  command.resolve()
  assert.equal(ended.length, 1)
})
