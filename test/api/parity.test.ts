import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Seen } from '../collector'
import { APPS, run, type Outcome } from '../helper'

const { names }: { names: string[] } = require(join(APPS, 'api-programs.js'))
// What the programs say of times is of long ago; everything after it is now.
const THEN = 1_700_000_000_000_000_000n
const LONG = 60_000_000_000n

let reference: Outcome
let ours: Outcome

describe('what OpenTelemetry\'s own SDK makes of a program, autospan makes of it', () => {
  before(async () => {
    [reference, ours] = await Promise.all([run('api-programs.js', { node: ['--require', join(APPS, 'api-sdk.js')] }), run('api-programs.js')])
    for (const { code, stderr } of [reference, ours]) assert.equal(code, 0, stderr)
  })

  for (const name of names) {
    test(name, () => assert.deepEqual(seen(ours, name), seen(reference, name)))
  }

  test('the SDK made something of them', () => {
    assert.equal(reference.stdout.trim().split('\n').length, names.length)
    assert.ok(reference.spans.length > names.length)
  })
})

/** What a program said, and its spans, without what differs from run to run: an id is the name of its span, a moment is `now` or so long after THEN. */
function seen ({ stdout, spans }: Outcome, program: string): unknown {
  const said = stdout.split('\n').find(line => line.startsWith(JSON.stringify([program]).slice(0, -1)))
  assert.ok(said, `${program} did not run`)
  const its = spans.filter(span => span.scope === program).sort((a, b) => a.name < b.name ? -1 : 1)
  const spanOf = (id: string): string => its.find(span => span.spanId === id)?.name ?? id
  const traceOf = (id: string): string => its.find(span => span.traceId === id && span.parentSpanId === '')?.name ?? id
  const moment = (at: bigint): unknown => at > THEN - LONG && at < THEN + LONG ? Math.round(Number(at - THEN) / 1000) : 'now'
  return {
    said,
    spans: its.map((span: Seen) => ({
      ...span,
      spanId: '',
      traceId: traceOf(span.traceId),
      parentSpanId: spanOf(span.parentSpanId),
      startedAt: moment(span.startedAt),
      endedAt: moment(span.endedAt),
      resource: '',
      // That our ids are random we say, as level 2 of W3C's trace context wants it; the SDK does not yet.
      flags: span.flags & ~2,
      events: span.events.map(event => ({ ...event, at: moment(event.at) })),
      links: span.links.map(link => ({ ...link, spanId: spanOf(link.spanId), traceId: traceOf(link.traceId) }))
    }))
  }
}
