import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lines } from '../../src/export/lines'
import { json, protobuf } from '../../src/export/otlp'
import { outcome } from '../../src/export/outcome'
import { zipkin } from '../../src/export/zipkin'
import { row } from '../../src/export/console'
import { retell } from '../../src/trace/words'
import { span } from './spans'

const of = (told: Parameters<typeof span>[0]): unknown => {
  const end = outcome(span(told))
  return end === undefined ? undefined : [end.ok, end.type, end.message, end.event?.attributes?.['exception.type']]
}

test('an error in words', () => {
  assert.equal(of({}), undefined)
  assert.deepEqual(of({ error: '42P01' }), [false, '42P01', undefined, undefined])
  assert.deepEqual(of({ error: new RangeError('too far') }), [false, 'RangeError', 'too far', 'RangeError'])
  assert.deepEqual(of({ error: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }), [false, 'ECONNREFUSED', 'refused', 'Error'])
  assert.deepEqual(of({ error: Object.assign(new Error('old'), { code: 7 }) }), [false, 'Error', 'old', 'Error'])
  assert.deepEqual(of({ error: new AggregateError([new Error('connect ECONNREFUSED ::1:80')], '') }), [false, 'AggregateError', 'connect ECONNREFUSED ::1:80', 'AggregateError'])
  assert.deepEqual(of({ error: 42 }), [false, 'number', '42', 'number'])
  assert.deepEqual(of({ error: { reason: 'none' } }), [false, 'object', undefined, undefined])
  assert.deepEqual(of({ error: null }), [false, 'object', undefined, undefined])
  assert.deepEqual(of({ error: Symbol('s') }), [false, 'symbol', 'Symbol(s)', 'symbol'])
})

test('what the application said of the outcome goes first', () => {
  assert.deepEqual(of({ error: new Error('mine'), status: { code: 'ok', message: undefined } }), [true, undefined, undefined, undefined])
  assert.deepEqual(of({ error: new Error('mine'), status: { code: 'error', message: 'theirs' } }), [false, 'Error', 'theirs', 'Error'])
  assert.deepEqual(of({ status: { code: 'error', message: undefined } }), [false, undefined, undefined, undefined])
})

test('an error.type among the attributes goes first, to whomever it is told; one without a value is none', () => {
  for (const [given, told] of [['E_OWN', 'E_OWN'], [undefined, 'RangeError']]) {
    const failed = span({ error: new RangeError('far'), attributes: { 'error.type': given } })
    assert.deepEqual(json([failed], {}).match(/"error.type","value":\{"stringValue":"\w+"/g), [`"error.type","value":{"stringValue":"${told}"`])
    assert.equal(JSON.parse(lines([failed], {})).tags['error.type'], told)
    assert.equal(JSON.parse(zipkin([failed], {}))[0].tags['error.type'], told)
    assert.equal(row(failed).error, `${told}: far`)
  }
})

test('an exception that the application recorded itself is told once', () => {
  const error = new Error('broken')
  const recorded = { name: 'exception', at: 0, attributes: { 'exception.message': 'broken' } }
  assert.deepEqual(of({ error, events: [recorded] }), [false, 'Error', 'broken', undefined])
  assert.deepEqual(of({ error, events: [{ ...recorded, attributes: { 'exception.message': 'another' } }] }), [false, 'Error', 'broken', 'Error'])
})

test('an error that fails when it is looked at breaks no export', () => {
  const explode = (): never => { throw new Error('hostile') }
  const hostile = [
    new Proxy({}, { get: explode, has: explode, getPrototypeOf: explode, ownKeys: explode }),
    Object.defineProperties({}, { message: { get: explode }, name: { get: explode }, code: { get: explode }, stack: { get: explode } }),
    { message: { toString: explode }, name: { toString: explode }, toString: explode },
    Object.create(null)
  ]
  for (const error of hostile) {
    assert.deepEqual(of({ error }), [false, 'object', undefined, undefined])
    const resource = { 'service.name': 'shop' }
    for (const encode of [json, protobuf, zipkin]) encode([span({ error })], resource)
    assert.equal(row(span({ error })).error, 'object')
  }
})

test('an error has an end, and no secrets of URLs', () => {
  const long = outcome(span({ error: new Error(`${'x'.repeat(100_000)}`) }))!
  assert.equal(long.message!.length, 4096)
  assert.equal(String(long.event!.attributes!['exception.stacktrace']).length, 16_384)
  assert.equal(outcome(span({ error: 'x'.repeat(1000) }))!.type!.length, 255)
  const failed = outcome(span({ error: new TypeError('Failed to parse URL from http://u:p@h:x/?token=zq') }))!
  assert.equal(failed.message, 'Failed to parse URL from http://REDACTED:REDACTED@h:x/?token=REDACTED')
  assert.doesNotMatch(JSON.stringify(failed.event), /u:p|zq/)
  const recorded = span({ endedAt: 0 })
  recorded.recordException(new Error(`${'x'.repeat(5000)} http://u:p@h/`))
  assert.equal(String(recorded.events![0].attributes!['exception.message']).length, 4096)
  assert.doesNotMatch(JSON.stringify(recorded.events), /u:p/)
})

test('an error that is told in other words is told so everywhere, whatever becomes of its own', () => {
  const error = new Error('no user "zq"')
  const { stack } = error
  retell(error, 'no user "?"')
  error.message = `select 'zq' - ${error.message}`
  const end = outcome(span({ error }))!
  assert.equal(end.message, 'no user "?"')
  assert.doesNotMatch(JSON.stringify(end.event), /zq/)
  assert.equal(error.stack, stack)
  assert.deepEqual(Reflect.ownKeys(error), Reflect.ownKeys(new Error('plain')))
})
