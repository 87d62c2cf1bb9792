import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { within } from '../../src/trace/context'
import { frameOf } from '../../src/trace/frame'
import { Held, counts, type Keep } from '../../src/trace/held'
import { alwaysOff, alwaysOn } from '../../src/trace/sampler'
import { sendTo, type Span } from '../../src/trace/span'
import { child, childOf, recordAll, root, traceWith } from '../../src/trace/tracer'

const sent: Span[] = []
let full = 0
let held: Held
let before = { ...counts }
/** What has become of spans since the test began. */
const since = (): typeof counts & { held: number } => ({ held: held.count, kept: counts.kept - before.kept, passed: counts.passed - before.passed, lost: counts.lost - before.lost })

function keep (what: Keep, room = { spans: 1000, bytes: 1e6 }): void {
  held = new Held(what, room, span => { sent.push(span) }, () => { full++ })
  sendTo(span => held.add(span), trace => held.settle(trace))
}
beforeEach(() => {
  sent.length = full = 0
  before = { ...counts }
  traceWith(alwaysOff, undefined)
  recordAll(true)
  keep({ errors: true, slow: 500 })
})
afterEach(() => recordAll(false))

const entry = (): Span => root('server', 'test', undefined)
const beneath = (parent: Span, name = 'child'): Span => {
  const span = within(frameOf(parent), () => child('client', 'test'), undefined, []) as Span
  span.name = name
  return span
}
const fails = (span: Span): void => { span.fail(new Error('no')); span.end() }
const slowly = (span: Span): void => { span.startedAt -= 600; span.end() }
const reasons = (): unknown[] => sent.map(span => span.attributes['autospan.keep'])

describe('spans of a trace that is not sampled', () => {
  test('are recorded, but not sampled: to everybody else it is as the sampler said', () => {
    const span = entry()
    assert.deepEqual([span.isRecording(), span.spanContext().traceFlags, beneath(span).spanContext().traceFlags], [true, 2, 2])
  })

  test('wait, and are let go where nothing was wrong; what comes later is not recorded', () => {
    const span = entry()
    const [first, late] = [beneath(span), beneath(span)]
    first.setAttribute('a', 1).end()
    assert.equal(since().held, 1)
    span.end()
    fails(late)
    assert.deepEqual([sent, since()], [[], { held: 0, kept: 0, passed: 2, lost: 0 }])
    assert.deepEqual([first.attributes, late.isRecording(), within(frameOf(span), () => child('client', 'test'), undefined, [])], [{}, false, undefined])
  })

  test('are sent from the moment on at which one fails, and all bear the reason', () => {
    const span = entry()
    beneath(span, 'before').end()
    fails(beneath(span, 'failed'))
    assert.deepEqual(sent.map(({ name }) => name), ['before', 'failed'], 'a process that dies of it tells of it')
    const late = beneath(span, 'late')
    slowly(span)
    late.end()
    assert.deepEqual(sent.map(({ name }) => name), ['before', 'failed', 'test', 'late'])
    assert.deepEqual(reasons(), ['error', 'error', 'error', 'error'])
    assert.ok(sent.every(({ trace }) => !trace.sampled))
    assert.deepEqual(since(), { held: 0, kept: 4, passed: 0, lost: 0 })
  })

  test('are sent when the first of them was slow, at its end; that another one was is no matter', () => {
    const span = entry()
    slowly(beneath(span))
    assert.equal(sent.length, 0)
    slowly(span)
    assert.deepEqual(reasons(), ['slow', 'slow'])
    const other = entry()
    slowly(beneath(other))
    other.end()
    assert.equal(sent.length, 2)
  })

  test('a failure is what exporters will call one', () => {
    const said = (code: number, error?: unknown): number => {
      sent.length = 0
      const span = entry()
      span.setStatus({ code })
      if (error !== undefined) span.fail(error)
      span.end()
      return sent.length
    }
    assert.deepEqual([said(0), said(0, '500'), said(1), said(1, new Error('dealt with')), said(2), said(2, '500')], [0, 1, 0, 0, 1, 1])
    const span = entry()
    span.recordException(new Error('dealt with'))
    span.end()
    assert.deepEqual(reasons(), ['error'], 'of the last one')
  })

  test('one reason alone', () => {
    keep({ errors: true, slow: Infinity })
    slowly(entry())
    assert.equal(sent.length, 0)
    keep({ errors: false, slow: 500 })
    fails(entry())
    assert.equal(sent.length, 0)
    const span = entry()
    fails(beneath(span))
    slowly(span)
    assert.deepEqual(reasons(), ['slow', 'slow'])
  })

  test('but not what is not to be traced at all, and what is sampled goes straight through', () => {
    assert.equal(root('server', 'test', undefined, true).isRecording(), false)
    traceWith(alwaysOn, undefined)
    const span = entry()
    beneath(span).end()
    assert.deepEqual([sent.length, reasons(), since()], [1, [undefined], { held: 0, kept: 0, passed: 0, lost: 0 }])
  })

  test('without AUTOSPAN_KEEP are not made', () => {
    recordAll(false)
    const span = entry()
    assert.deepEqual([span.isRecording(), within(frameOf(span), () => child('client', 'test'), undefined, [])], [false, undefined])
  })
})

describe('the room to wait in', () => {
  test('in spans: the oldest trace loses what waits, is counted, and is kept with the rest if it fails', () => {
    keep({ errors: true, slow: 500 }, { spans: 3, bytes: 1e6 })
    const [old, young] = [entry(), entry()]
    for (const span of [old, old, young]) beneath(span).end()
    assert.equal(full, 0)
    beneath(young).end()
    assert.deepEqual([full, since().lost, since().held], [1, 2, 2])
    fails(young)
    fails(old)
    assert.deepEqual(sent.map(({ trace }) => trace), [young.trace, young.trace, young.trace, old.trace])
    assert.equal(since().held, 0)
  })

  test('in bytes: texts, lists, events, links and errors count', () => {
    const text = 'x'.repeat(5000)
    const heavy: Array<(span: Span) => void> = [
      span => span.setAttribute('a', text), span => span.setAttribute('a', [text, 'y']), span => span.addEvent('e', { text }), span => span.addEvent(text),
      span => span.addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }, attributes: { text } })]
    for (const weigh of heavy) {
      keep({ errors: false, slow: 500 }, { spans: 100, bytes: 10_000 })
      full = 0
      for (let i = 0; i < 10; i++) {
        const span = beneath(entry())
        span.end()
      }
      assert.equal(full, 0)
      const spans = [beneath(entry()), beneath(entry())]
      for (const span of spans) { weigh(span); span.end() }
      assert.ok(full > 0, String(weigh))
    }
  })

  test('a span that is larger than the room does not stay', () => {
    keep({ errors: true, slow: 500 }, { spans: 3, bytes: 10_000 })
    const span = entry()
    beneath(span).setAttribute('a', 'x'.repeat(20_000)).end()
    assert.deepEqual([full, since().held, since().lost], [1, 0, 1])
  })
})

test('whatever happens in whatever order: sent is what failed or was slow, nothing stays, and the room holds', () => {
  const random = (n: number): number => Math.floor(Math.random() * n)
  for (let round = 0; round < 50; round++) {
    sent.length = full = 0
    before = { ...counts }
    const room = round % 2 === 0 ? 10_000 : 1 + random(20)
    keep({ errors: true, slow: 500 }, { spans: room, bytes: 1e9 })
    const open: Array<{ span: Span, spans: Span[] }> = []
    const begun: Span[] = []
    const failed = new Set<string>()
    for (let step = 0; step < 300; step++) {
      const at = random(open.length)
      const request = open[at]
      switch (request === undefined ? 0 : random(5)) {
        case 0: { const span = entry(); begun.push(span); open.push({ span, spans: [] }); break }
        case 1: { const span = beneath(request.span); begun.push(span); request.spans.push(span); break }
        case 2: case 3: {
          const [span] = request.spans.splice(random(request.spans.length), 1)
          if (span === undefined) break
          if (random(10) === 0) { failed.add(span.trace.id); fails(span) } else span.end()
          break
        }
        case 4: {
          open.splice(at, 1)
          for (const span of request.spans) span.end()
          if (random(10) === 0) { failed.add(request.span.trace.id); slowly(request.span) } else request.span.end()
        }
      }
      assert.ok(since().held <= room)
    }
    for (const { span, spans } of open) { for (const inner of spans) inner.end(); span.end() }
    const { kept, passed, lost } = since()
    const wanted = begun.filter(({ trace }) => failed.has(trace.id))
    assert.equal(held.count, 0)
    assert.equal(kept, sent.length)
    assert.ok(sent.every(span => failed.has(span.trace.id)))
    assert.equal(new Set(sent).size, sent.length)
    if (room === 10_000) assert.deepEqual([sent.length, passed, lost, full], [wanted.length, begun.length - wanted.length, 0, 0])
    else assert.equal(kept + passed + lost, begun.length)
  }
})

describe('sampling.priority', () => {
  const state = ({ trace }: Span): boolean[] => [trace.sampled, trace.recording, trace.debug]
  for (const kept of [false, true]) {
    describe(kept ? 'with AUTOSPAN_KEEP' : 'without AUTOSPAN_KEEP', () => {
      beforeEach(() => recordAll(kept))

      test('above 0 the request is sampled, as for debugging, with all that comes', () => {
        const span = entry()
        span.setAttribute('sampling.priority', 1).setAttribute('a', 2)
        const inner = beneath(span)
        inner.end()
        span.end()
        assert.deepEqual([state(span), state(inner), sent], [[true, true, true], [true, true, true], [inner, span]])
        assert.deepEqual([span.attributes, inner.attributes], [{ 'sampling.priority': 1, a: 2 }, {}])
        assert.equal(span.spanContext().traceFlags, 3)
      })

      test('a span within the request, and what is beneath it, but nothing else', () => {
        const span = entry()
        const own = childOf(frameOf(span), 'internal', 'test')
        own.setAttributes({ a: 2, 'sampling.priority': '1' })
        const inner = beneath(own)
        for (const each of [inner, own, span]) each.end()
        assert.deepEqual([state(span)[0], state(own), state(inner), sent], [false, [true, true, true], [true, true, true], [inner, own]])
        assert.deepEqual([own.attributes, own.trace.id, inner.parent], [{ 'sampling.priority': '1', a: 2 }, span.trace.id, own.id])
      })

      test('0: neither the span nor what is beneath it', () => {
        traceWith(alwaysOn, undefined)
        const span = entry()
        const own = beneath(span)
        own.setAttribute('sampling.priority', 0)
        assert.deepEqual([state(own), own.isRecording(), own.spanContext().traceFlags, within(frameOf(own), () => child('client', 'test'), undefined, [])], [[false, false, false], false, 2, undefined])
        fails(own)
        beneath(span).end()
        span.end()
        assert.equal(sent.length, 2)
        assert.ok(!sent.includes(own))
      })

      test('what says nothing, or comes too late, changes nothing', () => {
        const span = entry()
        for (const value of ['high', '', null, undefined, true, {}, NaN]) span.setAttribute('sampling.priority', value)
        assert.equal(state(span)[0], false)
        span.end()
        span.setAttribute('sampling.priority', 1)
        assert.equal(state(span)[0], false)
      })
    })
  }

  test('what waits is sent, or let go, when the application has decided', () => {
    for (const priority of [1, 0]) {
      sent.length = 0
      const span = entry()
      beneath(span).end()
      span.setAttribute('sampling.priority', priority)
      assert.deepEqual([since().held, sent.length], [0, priority])
      span.end()
      assert.deepEqual([sent.length, reasons()], priority === 1 ? [2, [undefined, undefined]] : [0, []])
    }
  })
})
