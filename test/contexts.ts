import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, type Run } from './helper'

/**
 * An application whose requests go many ways at once (`test/apps/ways.js`): what each asks at the end of its way is beneath that very request.
 * `nobodys`: the ways whose end is in no request's context.
 */
export function contexts (name: string, app: string, options: Run = {}, nobodys: string[] = []): void {
  test(name, async () => {
    const { code, stderr, spans } = await run(app, options)
    assert.deepEqual([code, stderr], [0, ''])
    const byId = new Map(spans.map(span => [span.spanId, span]))
    const wayOf = (query: unknown): string => decodeURIComponent(String(query).split('&')[0])
    const [requests, leaves] = ['/way', '/leaf'].map(path => spans.filter(({ kind, attributes }) => kind === 'server' && attributes['url.path'] === path))
    const parents = leaves.map(({ parentSpanId, attributes }) => {
      const caller = byId.get(byId.get(parentSpanId)!.parentSpanId)
      return { asks: attributes['url.query'], beneath: caller?.attributes['url.query'] ?? 'nobody' }
    })
    const wanted = requests.map(({ attributes }) => attributes['url.query'])
      .map(query => ({ asks: query, beneath: nobodys.includes(wayOf(query)) ? 'nobody' : query }))
    const inOrder = (all: typeof parents): typeof parents => all.sort((a, b) => String(a.asks) < String(b.asks) ? -1 : 1)
    assert.ok(wanted.length > 0)
    assert.deepEqual(inOrder(parents), inOrder(wanted as typeof parents))
  })
}
