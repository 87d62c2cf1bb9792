import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { alwaysOn } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { storage } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { child, root, sampleWith } from '../../src/trace/tracer'
import { atFirst, counts, finish } from '../../src/trace/unfinished'

let sent: Span[] = []
let firsts = 0
atFirst(() => firsts++)
sampleWith(alwaysOn)
sendTo(span => { sent.push(span) })
beforeEach(() => { sent = [] })
const unfinished = (): unknown[] => sent.map(({ name, attributes }) => [name, attributes['autospan.unfinished']])
const named = (name: string, span: Span): Span => Object.assign(span, { name })

test('what is open at the end ends then, children first; what has ended is not told of again', () => {
  const request = named('request', root('server', 'test', undefined))
  const [done, open] = ['done', 'open'].map(name => named(name, storage.run(frameOf(request), child, 'client', 'test')!))
  done.end()
  finish(undefined)
  open.end()
  assert.deepEqual(unfinished(), [['done', undefined], ['open', true], ['request', true]])
  assert.deepEqual(sent.map(({ error }) => error), [undefined, undefined, undefined])
  assert.deepEqual([counts.open, firsts], [0, 1])
})

test('a crash is the error of what was open then, and of nothing that began later; what a span had to say stays', () => {
  const error = new Error('crash')
  const before = root('server', 'test', undefined)
  before.attributes = Object.freeze({ 'url.path': '/' })
  const failed = root('server', 'test', undefined)
  failed.fail('500')
  const crash = { error, at: before.startedAt + 1000 }
  const later = root('server', 'test', undefined)
  later.startedAt = crash.at + 1
  finish(crash)
  assert.deepEqual(sent.map(({ error }) => error), [undefined, '500', error])
  assert.deepEqual(before.attributes, { 'url.path': '/', 'autospan.unfinished': true })
  assert.ok(later.endedAt >= later.startedAt)
})

test('in any order of ends none is left, and an ended span holds no other', () => {
  const spans = Array.from({ length: 5 }, () => root('internal', 'test', undefined))
  for (const i of [2, 0, 4, 3, 1]) spans[i].end()
  assert.equal(counts.open, 0)
  for (const { older, newer } of spans) assert.deepEqual([older, newer], [undefined, undefined])
  finish(undefined)
  assert.equal(sent.length, 5)
})

test('of spans that nobody ends no more than 10,000 are held, the oldest go; if they end after all they are told of', () => {
  const spans = Array.from({ length: 10_003 }, (_, i) => named(String(i), root('internal', 'test', undefined)))
  assert.deepEqual([counts.open, counts.forgotten], [10_000, 3])
  spans[0].end()
  finish(undefined)
  assert.equal(sent.length, 10_001)
  assert.deepEqual([sent[0].name, sent[1].name, sent.at(-1)!.name], ['0', '10002', '3'])
  assert.equal(counts.open, 0)
})
