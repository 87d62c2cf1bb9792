import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ROOT } from '../helper'
import { debian, fromDebian } from '../services'
import { relay, type Relay } from '../relay'

/** A context as a peer tells it, in its own writing of ids; what its format does not know is left out. */
interface Told { traceId: string, spanId: string, sampled: boolean, debug?: boolean, baggage?: Record<string, string> }
interface Made extends Told { about: string, headers: Record<string, string> }

/** A client that is not ours: what it sends, and what it reads of headers (one reading for each of its formats). */
interface Peer { name: string, program (): string, script: string, formats: number, ids: 'as they are' | 'as numbers' }

const PEERS: Peer[] = [
  // Both Python packages are Debian's, so the Python must be Debian's.
  { name: 'aiozipkin', script: 'aiozipkin_peer.py', program: () => python('aiozipkin', 'python3-aiozipkin'), formats: 1, ids: 'as they are' },
  { name: 'py_zipkin', script: 'py_zipkin_peer.py', program: () => python('py_zipkin', 'python3-py-zipkin'), formats: 1, ids: 'as they are' },
  { name: 'jaeger-client for Ruby', script: 'jaeger_peer.rb', program: () => ruby('jaeger/client', 'ruby-jaeger-client'), formats: 3, ids: 'as numbers' },
  { name: 'jaeger-client for Node', script: 'jaeger_peer.js', program: () => process.execPath, formats: 2, ids: 'as numbers' }
]
function python (library: string, pkg: string): string {
  fromDebian(`${library} for Python`, `/usr/bin/python3 -c 'import ${library}'`, pkg)
  return '/usr/bin/python3'
}
function ruby (library: string, pkg: string): string {
  debian('ruby', 'ruby')
  fromDebian(`${library} for Ruby`, `ruby -e 'require "${library}"'`, pkg)
  return 'ruby'
}

let app: Relay
before(async () => { app = await relay({ OTEL_PROPAGATORS: 'tracecontext,baggage,b3,b3multi,jaeger' }) })
after(async () => { await app?.end() })

for (const peer of PEERS) {
  describe(peer.name, () => {
    test('its traces go on through us, and it reads what we send', async () => {
      const program = peer.program()
      const made: Made[] = JSON.parse(ask(program, [join(ROOT, 'test/peers', peer.script), 'make'], ''))
      assert.ok(made.length > 2)
      const sent: Array<Record<string, string>> = []
      for (const { headers } of made) sent.push(await app.pass(headers))
      const read: Array<Told | Told[] | null> = JSON.parse(ask(program, [join(ROOT, 'test/peers', peer.script), 'read'], JSON.stringify(sent)))
      const id = (id: string): string => peer.ids === 'as numbers' ? BigInt(`0x${id}`).toString(16) : id
      made.forEach(({ about, headers, traceId, spanId, sampled, debug, baggage }, i) => {
        const words = `${about}: ${JSON.stringify(headers)} -> ${JSON.stringify(sent[i])} -> ${JSON.stringify(read[i])}`
        const readings = [read[i]].flat()
        assert.equal(readings.length, peer.formats, words)
        for (const reading of readings) {
          assert.ok(reading !== null, words)
          assert.equal(id(reading.traceId), id(traceId), words)
          assert.notEqual(id(reading.spanId), id(spanId), words)
          assert.equal(reading.sampled, sampled, words)
          if (reading.debug !== undefined) assert.equal(reading.debug, debug, words)
          if (reading.baggage !== undefined) assert.deepEqual(reading.baggage, baggage, words)
        }
        // All that it reads names one span, the one that traceparent names, too.
        const [, , span] = sent[i].traceparent.split('-')
        for (const reading of readings) assert.equal(BigInt(`0x${reading!.spanId}`), BigInt(`0x${span}`), words)
        for (const [name, value] of Object.entries(headers)) if (name.startsWith('uberctx-')) assert.equal(sent[i][name], value, words)
      })
    })
  })
}

test('the spans that served them are in their traces', async () => {
  const made: Made[] = JSON.parse(ask(process.execPath, [join(ROOT, 'test/peers/jaeger_peer.js'), 'make'], ''))
  const own = await relay({ OTEL_PROPAGATORS: 'jaeger,b3' })
  try { for (const { headers } of made) await own.pass(headers) } finally {
    const spans = await own.end()
    const servers = spans.filter(span => span.kind === 'server').map(span => `${span.traceId} ${span.parentSpanId}`).sort()
    assert.deepEqual(servers, made.filter(({ sampled }) => sampled).map(({ traceId, spanId }) => `${traceId.padStart(32, '0')} ${spanId.padStart(16, '0')}`).sort())
  }
})

function ask (program: string, args: string[], input: string): string {
  const { stdout, stderr, status } = spawnSync(program, args, { input, encoding: 'utf8', timeout: 30_000 })
  assert.equal(status, 0, stderr)
  return stdout
}
