import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, REGISTER, run, type Outcome } from '../helper'

const TRACE = 'a'.repeat(32)
const OWN = `00-${TRACE}-${'b'.repeat(16)}-01`
const options = { node: [], env: { NODE_OPTIONS: `--require ${REGISTER}` } }

/** The tree of the request, and what was printed, with its span's id as SPAN. */
function seen ({ spans, stdout }: Outcome): [string, string[]] {
  const { traceId, spanId } = spans.find(({ attributes }) => attributes['url.path'] === '/work')!
  const request = spans.filter(span => span.traceId === traceId)
  return [drawn(request, ['url.path']), stdout.replaceAll(`00-${traceId}-${spanId}-03`, 'SPAN').trim().split('\n')]
}
const tree = `
GET  client
  GET  server  url.path=/work
${['spawn', 'execFile', 'exec', 'fork'].map(way => `    GET  client\n      GET  server  url.path=/${way}`).join('\n')}`.trim()
const printed = ['SPAN,undefined,undefined', 'SPAN,undefined,1', 'SPAN,undefined,1', 'SPAN,undefined,undefined', `${OWN},undefined,1`, 'ERR_INVALID_ARG_TYPE']

test('processes: each goes on with the request that started it; a context of the application\'s own stays', async () => {
  const outcome = await run('processes.js', options)
  assert.deepEqual([outcome.code, outcome.stderr], [0, ''])
  assert.deepEqual(seen(outcome), [tree, printed])
  const own = outcome.spans.filter(({ traceId }) => traceId === TRACE)
  assert.equal(drawn(own, ['url.path']), 'GET  client\n  GET  server  url.path=/own')
  assert.equal(own.find(({ kind }) => kind === 'client')!.parentSpanId, 'b'.repeat(16))
})

test('processes: what this one was started with itself is not told on in the place of the request', async () => {
  const started = { ...options.env, TRACEPARENT: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`, TRACESTATE: 'old=1' }
  const { stdout, code } = await run('processes.js', { ...options, env: started })
  assert.equal(code, 0)
  assert.match(stdout, new RegExp(`^00-${'c'.repeat(32)}-(?!d{16})[0-9a-f]{16}-01,old=1,undefined\n`))
})

test('processes: switched off', async () => {
  const outcome = await run('processes.js', { ...options, env: { ...options.env, AUTOSPAN_PROCESSES: 'off' } })
  assert.equal(seen(outcome)[1][0], 'undefined,undefined,undefined')
})

test('processes: those of a cluster trace on their own', async () => {
  const { code, stderr, stdout, spans } = await run('cluster.js')
  assert.deepEqual([code, stderr], [0, ''])
  const [primary, ...workers] = stdout.trim().split(' ').map(Number)
  assert.equal(drawn(spans), 'GET  client\n  GET  server\nGET  client\n  GET  server')
  const by = (kind: string): number[] => spans.filter(span => span.kind === kind).map(({ resource }) => Number(resource['process.pid'])).sort((a, b) => a - b)
  assert.deepEqual(by('client'), [primary, primary])
  assert.deepEqual(by('server'), [...workers].sort((a, b) => a - b))
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, 4)
  assert.equal(new Set(workers).size, 2)
})
