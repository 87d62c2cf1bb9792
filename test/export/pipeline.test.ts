import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, ROOT, run } from '../helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-pipeline-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function file (name: string, code: string): string {
  const path = join(folder, name)
  writeFileSync(path, code)
  return path
}
const PICTURE = 'GET  client\n  GET  server'
/** autospan's own files as they are before they are bundled, in a process that can no longer load those that `fails` matches. */
const without = (fails: RegExp): string => file(`without${fails.source.length}.js`, `
  const Module = require('node:module')
  const { _load } = Module
  Module._load = function (request) {
    if (${fails}.test(request)) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
    return _load.apply(this, arguments)
  }
  require(${JSON.stringify(join(ROOT, 'dist/src/gate.js'))}).enter(__filename, () => require(${JSON.stringify(join(ROOT, 'dist/patches/start.js'))}).begin())`)

test('what takes the first span cannot be loaded: the application is served, the loss is said once, and counted', async () => {
  const { code, stdout, stderr, spans } = await run('ending.js', { node: ['--require', without(/\/batch$/)] })
  assert.deepEqual([code, spans.length, stdout.split('\n').length], [0, 0, 2])
  assert.equal(stderr, 'autospan: spans are lost: EMFILE: too many open files\nautospan: lost of 2 spans: 2 queue failed\n')
})

test('an exporter cannot be loaded: likewise', async () => {
  const { code, stderr, spans } = await run('ending.js', { node: ['--require', without(/\/exporters$/)] })
  assert.deepEqual([code, spans.length], [0, 0])
  assert.equal(stderr, 'autospan: spans are not exported: EMFILE: too many open files\nautospan: lost of 2 spans: 2 queue failed\n')
})

test('an application that replaces the timers: they are not ours, neither seen nor waited for', async () => {
  const app = file('timers.js', `
    const http = require('node:http')
    const fake = { setTimeout: () => 1, setImmediate: () => 2, setInterval: () => 3 }
    const real = { ...globalThis, setTimeout, setImmediate, setInterval }
    let calls = 0
    for (const [name, fn] of Object.entries(fake)) globalThis[name] = require('node:timers')[name] = () => { calls++; return fn() }
    const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', () => {
      http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', () => {
        real.setTimeout(() => { console.log(calls); server.close() }, 300)
      }))
    })`)
  const { code, stdout, stderr, spans } = await run(app, { env: { OTEL_BSP_SCHEDULE_DELAY: '50' } })
  assert.deepEqual([code, stdout, stderr], [0, '0\n', ''])
  assert.equal(drawn(spans), PICTURE)
})
