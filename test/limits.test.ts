import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './helper'
import type { Seen } from './collector'

/** A span that is told of 200 attributes, events and links, each of which has 200 attributes. */
async function told (env: Record<string, string> = {}): Promise<Seen> {
  const { code, stderr, spans: [span] } = await run('', {
    env,
    args: ['-e', `
      const all = Object.fromEntries(Array.from({ length: 200 }, (_, i) => ['key' + i, i]))
      const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
      require('autospan').span('much', span => {
        span.setAttributes(all)
        for (let i = 0; i < 200; i++) span.addEvent('event', all).addLink({ context, attributes: all })
      })`]
  })
  assert.deepEqual([code, stderr], [0, ''])
  return span
}
/** How many there are: attributes, events, attributes of an event, links, attributes of a link; and how many were dropped of each. */
function counts ({ attributes, events, links, dropped }: Seen): number[] {
  const of = (all: object): number => Object.keys(all).length
  return [of(attributes), events.length, of(events[0].attributes), links.length, of(links[0].attributes), dropped.attributes, dropped.events, events[0].dropped!, dropped.links, links[0].dropped!]
}

test('what a span holds is bounded, and what comes on top is counted', async () => {
  assert.deepEqual(counts(await told()), [128, 128, 128, 128, 128, 72, 72, 72, 72, 72])
})

test('by OpenTelemetry\'s settings; those of spans go first', async () => {
  assert.deepEqual(counts(await told({ OTEL_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_SPAN_EVENT_COUNT_LIMIT: '4', OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3', OTEL_SPAN_LINK_COUNT_LIMIT: '2', OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '1' })),
    [5, 4, 3, 2, 1, 195, 196, 197, 198, 199])
  assert.deepEqual(counts(await told({ OTEL_ATTRIBUTE_COUNT_LIMIT: '5' })), [5, 128, 5, 128, 5, 195, 72, 195, 72, 195])
  assert.deepEqual(counts(await told({ OTEL_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '7', OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '6' })).slice(0, 5), [7, 128, 6, 128, 5])
})

test('what a patch could tell and does not takes no room from the application', async () => {
  const served = async (limit: string): Promise<Seen> => (await run('', {
    env: { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: limit },
    args: ['-e', `
      const http = require('http')
      const server = http.createServer((req, res) => {
        for (let i = 0; i < 20; i++) require('autospan').active().setAttribute('mine' + i, i)
        res.end()
      }).listen(0, () => http.get({ port: server.address().port, path: '/x' }, res => res.resume().on('end', () => server.close())))`]
  })).spans.find(({ kind }) => kind === 'server')!
  const all = await served('128')
  const theirs = Object.keys(all.attributes).filter(key => !key.startsWith('mine')).length
  const some = await served(String(theirs + 4))
  assert.ok('mine3' in some.attributes, String(Object.keys(some.attributes)))
  assert.ok(some.dropped.attributes > 0)
})
