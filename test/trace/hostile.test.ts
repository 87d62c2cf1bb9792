import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protobuf, json } from '../../src/export/otlp'
import { fromJson, fromProtobuf } from '../collector'
import { alwaysOn } from '../../src/trace/sampler'
import { root, sampleWith } from '../../src/trace/tracer'

sampleWith(alwaysOn)
const explode = (): never => { throw new Error('hostile') }
const traps = { get: explode, has: explode, ownKeys: explode, getPrototypeOf: explode, getOwnPropertyDescriptor: explode }
const { proxy: revoked, revoke } = Proxy.revocable([], {})
revoke()
const HOSTILE: Record<string, any> = {
  nothing: null,
  undefined,
  'a symbol': Symbol('odd'),
  'an object without a prototype': Object.create(null),
  'a frozen object': Object.freeze({ a: 1 }),
  'a getter that throws': { get a () { return explode() }, get message () { return explode() }, get code () { return explode() }, get context () { return explode() } },
  'a toString that throws': { toString: explode, valueOf: explode, [Symbol.toPrimitive]: explode, toJSON: explode },
  'a proxy that throws': new Proxy({}, traps),
  'a list that throws': new Proxy([1, 2], traps),
  'a revoked list': revoked,
  'a function': explode,
  'a class': class { static get message () { return explode() } },
  'a bigint': 1n,
  'a date that is none': new Date(NaN),
  'an iterator that throws': { [Symbol.iterator]: explode },
  'a circle': (() => { const circle: any = [[]]; circle[0].push(circle); circle.self = circle; return circle })()
}

for (const [what, value] of Object.entries(HOSTILE)) {
  test(`${what}, wherever a span takes something: nothing is thrown, what else it was told is exported`, () => {
    const span = root('internal', 'test', undefined) as any
    span.setAttribute('before', 1).setAttribute('key', value).setAttribute('list', [value]).setAttribute(value, 1).setAttributes({ key: value }).setAttributes(value)
    span.addEvent('event', value).addEvent('event', { key: value }).addEvent('timed', {}, value).addEvent(value).addLink(value).addLink({ context: value }).addLinks(value).addLinks([value])
    span.setStatus(value).setStatus({ code: value, message: value }).updateName(value).updateName('name').recordException(value)
    span.setAttribute('sampling.priority', value).setAttribute('after', 2)
    span.fail(value)
    span.end(value)
    for (const [seen] of [fromProtobuf(protobuf([span], {})), fromJson(JSON.parse(json([span], {})))]) {
      assert.deepEqual([seen.name, seen.attributes.before, seen.attributes.after], ['name', 1, 2])
      assert.equal(seen.status.code, value === undefined || value === null ? seen.status.code : 2)
    }
  })
}
