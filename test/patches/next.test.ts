import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, run } from '../helper'

// Next.js itself is a few hundred megabytes and a build. This has its place, and does with it what it does: it tells its own span when the answer is over.
const folder = mkdtempSync(join(tmpdir(), 'autospan-next-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
const place = join(folder, 'node_modules/next/dist/server/lib/trace')
mkdirSync(place, { recursive: true })
writeFileSync(join(folder, 'node_modules/next/package.json'), '{ "name": "next", "version": "16.4.6" }')
writeFileSync(join(place, 'tracer.js'), `
  class NextTracerImpl {
    constructor () { this.attributes = new Map() }
    setRootSpanAttribute (key, value) { if (!this.attributes.has(key)) this.attributes.set(key, value) }
  }
  const tracer = new NextTracerImpl()
  exports.getTracer = () => tracer`)
writeFileSync(join(folder, 'app.js'), `
  const http = require('node:http')
  const { getTracer } = require('next/dist/server/lib/trace/tracer')
  const server = http.createServer(async (req, res) => {
    await null
    getTracer().setRootSpanAttribute('next.span_type', 'BaseServer.handleRequest')
    getTracer().setRootSpanAttribute('next.route', '/products/[id]')
    getTracer().setRootSpanAttribute('next.route', '/_error')
    res.end(getTracer().attributes.get('next.route'))
  }).listen(0, '127.0.0.1', () => http.get({ port: server.address().port, host: '127.0.0.1', path: '/products/7', agent: false },
    res => res.setEncoding('utf8').on('data', console.log).on('end', () => server.close())))
  getTracer().setRootSpanAttribute('next.route', '/of/nobody')
  getTracer().attributes.clear()`)

test('next: the page\'s route, as soon as it is known', async () => {
  const { code, stdout, stderr, spans } = await run(join(folder, 'app.js'))
  assert.deepEqual([code, stdout, stderr], [0, '/products/[id]\n', ''])
  assert.equal(drawn(spans, ['http.route']), 'GET  client\n  GET /products/[id]  server  http.route=/products/[id]')
})
