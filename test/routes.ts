import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, type Run } from './helper'
import type { Seen } from './collector'

/** What the server spans say of their requests, in the order of these: 'GET /users/7 -> GET /users/:id 200'. */
export const routesOf = (spans: Seen[]): string[] => spans
  .filter(span => span.kind === 'server')
  .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)
  .map(({ name, attributes }) => {
    const known = String(attributes['http.request.method'])
    const method = known === '_OTHER' ? 'HTTP' : known
    const route = attributes['http.route']
    assert.equal(name, route === undefined ? method : `${method} ${String(route)}`, 'the name and http.route are of one mind')
    return `${method} ${String(attributes['url.path'])} -> ${name} ${String(attributes['http.response.status_code'])}`
  })

/** Run an application that asks itself one request after another: each has the route it should have, and its answers are those that it gives without autospan. */
export function routes (name: string, app: string, table: string, options: Run = {}): void {
  test(name, async () => {
    const env = { ...options.env, AUTOSPAN_IGNORE_OUTGOING: '127.0.0.1' }
    const [traced, plain] = await Promise.all([run(app, { ...options, env }), run(app, { ...options, env, node: [] })])
    assert.deepEqual(routesOf(traced.spans), table.trim().split('\n'), traced.stderr)
    const said = (text: string): string => text.replace(/\(node:\d+\)/g, '(node)')
    assert.deepEqual({ code: traced.code, stdout: traced.stdout, stderr: said(traced.stderr) }, { code: 0, stdout: plain.stdout, stderr: said(plain.stderr) })
  })
}

/** An ES module that serves thirty requests at once: each has its own route, and what it asks for itself beneath it. */
export function crowds (name: string, app: string): void {
  test(name, async () => {
    const { code, spans, stderr } = await run(app)
    const byId = new Map(spans.map(span => [span.spanId, span]))
    const seen = spans
      .filter(({ kind, attributes }) => kind === 'server' && String(attributes['url.path']).startsWith('/inner/'))
      .map(inner => {
        const outer = byId.get(byId.get(inner.parentSpanId)?.parentSpanId ?? '')
        return `${String(outer?.attributes['url.path'])} ${outer?.name ?? ''} > ${String(inner.attributes['url.path'])} ${inner.name}`
      })
    const expected = Array.from({ length: 30 }, (_, i) => {
      const path = i % 2 ? '/users' : '/posts'
      return `${path}/${i} GET ${path}/:id > /inner/${i} GET /inner/:id`
    })
    assert.deepEqual(seen.sort(), expected.sort(), stderr)
    assert.equal(code, 0, stderr)
  })
}
