import assert from 'node:assert/strict'
import { test } from 'node:test'
import { active, keep, mimic, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import type { Span } from '../../src/trace/span'
import { root } from '../../src/trace/tracer'

const inside = <T>(scope: Span | undefined, fn: () => T): T => within(scope && frameOf(scope), fn, undefined, [])

test('the context goes along with timers, promises and ticks, and nowhere else', async () => {
  const span = root('server', 'test', undefined)
  await inside(span, async () => {
    await null
    assert.equal(active(), span)
    assert.equal(await new Promise(resolve => setTimeout(() => resolve(active()), 1)), span)
    assert.equal(await new Promise(resolve => process.nextTick(() => resolve(active()))), span)
    assert.equal(await new Promise(resolve => setImmediate(() => resolve(active()))), span)
  })
  assert.equal(active(), undefined)
})

test('within hands on `this`, arguments, answer and throw', () => {
  const span = root('server', 'test', undefined)
  assert.deepEqual(within(frameOf(span), function (this: unknown, a: number) { return [this, a, active()] }, 'self', [1]), ['self', 1, span])
  assert.throws(() => inside(span, () => { throw new Error('thrown') }), /thrown/)
  assert.equal(active(), undefined)
})

test('keep: a function goes on where it was given, with what hangs on it; all else is left as it is', () => {
  const span = root('server', 'test', undefined)
  const given = Object.assign(function (this: unknown, a: number) { return [this, a, active()] }, { mark: 1 })
  const kept = inside(span, () => keep(given))
  assert.deepEqual(kept.call('self', 1), ['self', 1, span])
  assert.equal(kept.mark, 1)
  assert.equal(keep(undefined), undefined)
  assert.equal(keep('text'), 'text')
})

test('mimic copes with what cannot be set', () => {
  const frozen = Object.freeze(Object.assign((_: number) => 1, { mark: 1 }))
  const wrapper = mimic(frozen, function () { return 2 } as any)
  assert.deepEqual([wrapper.name, wrapper.length, (wrapper as any).mark], [frozen.name, 1, 1])
  const sloppy = new Function('a', 'b', 'return 1')
  assert.equal(mimic(sloppy, function () {}).length, 2)
})

test('an object that holds a span can be written as JSON: there are its ids', () => {
  const span = root('server', 'test', undefined)
  frameOf(span)
  assert.equal(JSON.parse(JSON.stringify({ span })).span.spanId, span.id)
})
