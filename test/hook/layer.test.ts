import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuseOf } from '../../src/hook/fuse'
import { layerer, tap } from '../../src/hook/wrap'
import { active, within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { sendTo, type Span } from '../../src/trace/span'
import { root } from '../../src/trace/tracer'

const sent: Span[] = []
sendTo(span => { sent.push(span) })
const point = {
  kind: 'internal' as const,
  start (span: Span, _: unknown, __: unknown, as: string) { span.name = as }
}

test('a layer looks like its function, and each call is a span beneath the active one', () => {
  const layer = layerer(fuseOf('layers'), { slow: 0 })
  let inside: Span | undefined
  const original = Object.assign(function original (this: unknown, a: number, b: number) { inside = active(); return [this, a, b] }, { own: 1 })
  const traced = layer(original, point, 'named')
  assert.deepEqual([traced.name, traced.length, traced.own], ['original', 2, 1])
  const parent = root('server', 'test', undefined)
  assert.deepEqual(within(frameOf(parent), traced, 'self', [1, 2]), ['self', 1, 2])
  assert.equal(inside?.parent, parent.id)
  assert.equal(inside?.name, 'named')
  assert.deepEqual(sent.splice(0), [inside])
  assert.equal(layer(undefined, point), undefined)
})

test('a layer beneath no span is none', () => {
  const traced = layerer(fuseOf('layers'), { slow: 0 })(() => active(), point, 'alone')
  assert.equal(traced(), undefined)
  assert.equal(sent.length, 0)
})

test('a layer of which only the slow ones are told is nobody\'s parent, and told of if it fails', () => {
  const layer = layerer(fuseOf('layers'), { slow: 1000 })
  const parent = root('server', 'test', undefined)
  let inside: Span | undefined
  within(frameOf(parent), layer(() => { inside = active() }, point, 'quick'), undefined, [])
  assert.equal(inside, parent)
  assert.equal(sent.length, 0)
  assert.throws(() => within(frameOf(parent), layer(() => { throw new RangeError('no') }, point, 'failing'), undefined, []), RangeError)
  assert.deepEqual(sent.splice(0).map(({ name, error }) => [name, (error as Error).message]), [['failing', 'no']])
})

test('a tap on an argument looks at the calls of what the method is handed', () => {
  const handed: unknown[] = []
  const seen: unknown[] = []
  const router = { on (path: string, handler: unknown) { handed.push(handler); return path } }
  tap(router, fuseOf('argument'), { of: router => router, method: 'on', argument: 1, before (self, args) { seen.push([self, args[0]]) } })
  const handler = (request: string): string => `done ${request}`
  assert.equal(router.on('/x', handler), '/x')
  assert.equal(router.on('/y', 'no function'), '/y')
  assert.deepEqual(seen, [])
  const given = handed[0] as typeof handler
  assert.deepEqual([given.name, given.length, given.call('self', 'it')], ['handler', 1, 'done it'])
  assert.deepEqual(seen, [['self', 'it']])
  assert.equal(handed[1], 'no function')
})
