import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, ROOT, run } from '../helper'

// Next.js itself is a few hundred megabytes and a build. This has its place, and does with it what it does: it tells its own span when the answer is over.
const folder = mkdtempSync(join(tmpdir(), 'autospan-next-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })

/** An application with one version of it; its path. */
function application (version: string): string {
  const root = join(folder, version)
  const place = join(root, 'node_modules/next/dist/server/lib/trace')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(root, 'node_modules/next/package.json'), JSON.stringify({ name: 'next', version }))
  writeFileSync(join(place, 'tracer.js'), `
    class NextTracerImpl {
      constructor () { this.attributes = new Map() }
      setRootSpanAttribute (key, value) { if (!this.attributes.has(key)) this.attributes.set(key, value) }
    }
    const tracer = new NextTracerImpl()
    exports.getTracer = () => tracer`)
  writeFileSync(join(root, 'app.js'), `
    const http = require('node:http')
    const { getTracer } = require('next/dist/server/lib/trace/tracer')
    const tell = (key, value) => getTracer().setRootSpanAttribute(key, value)
    const server = http.createServer(async (req, res) => {
      await null
      tell('next.span_type', 'BaseServer.handleRequest')
      tell('next.route', '/products/[id]')
      await null
      tell('next.route', '/_error')
      res.end(getTracer().attributes.get('next.route'))
    }).listen(0, '127.0.0.1', () => http.get({ port: server.address().port, host: '127.0.0.1', path: '/products/7', agent: false }, res => res.resume().on('end', () => server.close())))
    tell('next.route', '/of/nobody')
    getTracer().attributes.clear()`)
  return join(root, 'app.js')
}

for (const version of ['15.0.0', '16.4.6']) {
  test(`next ${version}: the page's route, as soon as it is known`, async () => {
    const { code, stderr, spans } = await run(application(version))
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(drawn(spans, ['http.route']), 'GET  client\n  GET /products/[id]  server  http.route=/products/[id]')
  })
}

test('next: the route, where a middleware has told the rendering of itself by the headers of the request', async () => {
  const app = application('16.4.7')
  writeFileSync(join(app, '../middleware.js'), `
    const http = require('node:http')
    const { context, propagation, SpanKind, trace } = require(${JSON.stringify(join(ROOT, 'node_modules/@opentelemetry/api'))})
    const { getTracer } = require('next/dist/server/lib/trace/tracer')
    const tracer = trace.getTracer('next.js')
    const server = http.createServer((req, res) => {
      tracer.startActiveSpan('middleware GET', span => {
        propagation.inject(context.active(), req.headers)
        span.end()
      })
      tracer.startActiveSpan('render', { kind: SpanKind.SERVER }, propagation.extract(context.active(), req.headers), span => {
        getTracer().setRootSpanAttribute('next.route', '/products/[id]')
        span.end()
        res.end()
      })
    }).listen(0, '127.0.0.1', () => http.get({ port: server.address().port, host: '127.0.0.1', path: '/products/7', agent: false }, res => res.resume().on('end', () => server.close())))`)
  const { code, stderr, spans } = await run(join(app, '../middleware.js'))
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(drawn(spans, ['http.route']), `
GET  client
  GET /products/[id]  server  http.route=/products/[id]
    middleware GET  internal
      render  server`.slice(1))
})
