import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { settled, until } from '../../patches/lib/layer'
import { active, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import type { Span } from '../../src/trace/span'
import { root } from '../../src/trace/tracer'

const response = (): ServerResponse => new EventEmitter() as ServerResponse
const span = (): Span => root('internal', 'test', undefined)

test('a layer is over when it hands on; what comes after runs where the layer was called', () => {
  const [caller, layer] = [span(), span()]
  const next = (...args: unknown[]): unknown => [active(), ...args]
  const given = within(frameOf(caller), () => until(layer, response(), next), undefined, []) as typeof next
  assert.deepEqual(within(frameOf(layer), given, undefined, [undefined, 2]), [caller, undefined, 2])
  assert.deepEqual([layer.recording, layer.error], [false, undefined])
})

test('what it hands on may be an error, but not a way out of an express router', () => {
  for (const [given, error] of [[new RangeError('no'), 'no'], ['route', undefined], ['router', undefined]] as const) {
    const layer = span()
    ;(until(layer, response(), () => {}) as (error: unknown) => void)(given)
    assert.deepEqual([layer.recording, (layer.error as Error | undefined)?.message], [false, error])
  }
})

test('all that is still open is over with the response, which is listened to once', () => {
  for (const event of ['finish', 'close']) {
    const res = response()
    const layers = Array.from({ length: 20 }, span)
    for (const layer of layers) until(layer, res, undefined)
    assert.equal(res.listenerCount(event), 1)
    res.emit(event)
    assert.ok(layers.every(layer => !layer.recording))
  }
})

test('a promise is listened to, a thenable that may be lazy is not', async () => {
  const [good, bad, lazy] = [span(), span(), span()]
  settled(good, Promise.resolve())
  const rejected = Promise.reject(new RangeError('no'))
  settled(bad, rejected)
  settled(lazy, { then () { throw new Error('sent twice') } })
  await rejected.catch(() => {})
  assert.deepEqual([good, bad, lazy].map(layer => [layer.recording, (layer.error as Error | undefined)?.message]),
    [[false, undefined], [false, 'no'], [true, undefined]])
})

test('a promise whose class has a then of its own is listened to without it, and the engine\'s is known where the global class is another\'s', async () => {
  const [lazy, native] = [span(), span()]
  class Query extends Promise<void> { then (): never { throw new Error('sent twice') } }
  settled(lazy, new Query(resolve => resolve()))
  const promise = (async () => {})()
  const { Promise: engines } = globalThis
  globalThis.Promise = class extends engines<any> {} as PromiseConstructor
  try { settled(native, promise) } finally { globalThis.Promise = engines }
  await promise
  assert.deepEqual([lazy.recording, native.recording], [false, false])
})
