import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run } from '../helper'

test('disable(): from the next call on nothing is traced, what is open still ends, and the context is right; enable(): all of it again', async () => {
  const { code, stdout, stderr, spans } = await run('switched.js')
  assert.deepEqual([code, stderr, stdout], [0, '', 'false\ntrue 200 { value: 2, done: false } { value: undefined, done: true }\n'])
  const picture = drawn(spans, ['url.path'])
  assert.equal(picture, `
GET  client
  GET  server  url.path=/switched
    GET  client
      GET  server  url.path=/open
    steps  internal
GET  client
  GET  server  url.path=/seen
work  internal`.slice(1))
})

test('with each framework and each library: what is asked while it is off is in no span and nobody is told of a trace, what was asked before still ends', async () => {
  const { code, stdout, stderr, spans } = await run('switched-libraries.js', { needs: ['postgres', 'redis'] })
  assert.deepEqual([code, stderr], [0, ''])
  const [told, untold] = ['of a trace', 'nothing'].map(what => `asked,,,told ${what},told ${what}`)
  assert.deepEqual(stdout.trimEnd().split('\n').sort(), [...Array(3).fill(`/off ${untold}`), ...Array(3).fill(`/on ${told}`), ...Array(3).fill(`/open ${told}; ${untold}`)])
  const traces = [...new Set(spans.map(({ traceId }) => traceId))].map(id => spans.filter(({ traceId }) => traceId === id))
  const seen = traces.map(spans => spans.map(({ kind, name, attributes }) => kind === 'server' ? attributes['url.path'] : name).sort().join())
  const open = '/held,/held,/open,BLPOP,GET,GET,GET,SELECT,blpop'
  const on = '/now,/now,/on,BLPOP,GET,GET,GET,SELECT,blpop'
  assert.deepEqual(seen.sort(), [open, open, open, on, on, on])
  assert.deepEqual(spans.filter(({ status, attributes }) => status.code !== 0 || attributes['autospan.unfinished'] !== undefined), [])
})

test('what is open goes on into processes that are started and into log records; a thread switches itself', async () => {
  const { code, stdout, stderr } = await run('', {
    args: ['-e', `
      const { execFileSync } = require('node:child_process')
      const { Worker } = require('node:worker_threads')
      const { disable, span } = require('autospan')
      const seen = []
      span('open', open => {
        disable()
        const { traceId } = open.spanContext()
        require('pino')({}, { write (line) { seen.push(JSON.parse(line).trace_id === traceId) } }).info('hello')
        seen.push(String(execFileSync(process.execPath, ['-p', 'process.env.TRACEPARENT'], { env: { ...process.env, AUTOSPAN_ENABLED: 'false' } })).includes(traceId))
      })
      const isRecorded = () => span('work', span => span.isRecording())
      new Worker("require('node:worker_threads').parentPort.postMessage(require('autospan').span('work', span => span.isRecording()))", { eval: true })
        .on('message', there => console.log(seen.join(), isRecorded(), there))`]
  })
  assert.deepEqual([code, stderr, stdout], [0, '', 'true,true false true\n'])
})

test('a signal switches it off and on, and says so in a line each time', async () => {
  const { code, stdout, stderr, spans } = await run('toggled.js', { env: { AUTOSPAN_TOGGLE_SIGNAL: 'SIGUSR2' } })
  assert.deepEqual([code, stdout, spans.length], [0, 'true,false,true,false,true\n', 3])
  assert.equal(stderr, ['off', 'on', 'off', 'on'].map((state, i) => `autospan: tracing is ${state}, by SIGUSR2 no. ${i + 1}\n`).join(''))
})

test('without the setting nobody listens to the signal; one that no program may take is no good', async () => {
  assert.equal((await run('', { args: ['-p', 'process.listenerCount("SIGUSR2")'] })).stdout, '0\n')
  const { stderr } = await run('', { args: ['-e', '0'], env: { AUTOSPAN_TOGGLE_SIGNAL: 'SIGKILL' } })
  assert.equal(stderr, 'autospan: AUTOSPAN_TOGGLE_SIGNAL=SIGKILL is ignored: it takes SIGUSR1, SIGUSR2 or SIGHUP; nothing is used\n')
})

test('with an SDK of its own the application has its tracer: neither enable() nor the signal brings a second one, which is said once', async () => {
  const { code, stdout, stderr, spans } = await run('switched-ceded.js', { env: { AUTOSPAN_TOGGLE_SIGNAL: 'SIGUSR2' } })
  assert.deepEqual([code, stdout, drawn(spans)], [0, 'undefined false, undefined false, undefined false\n', 'before  internal'])
  assert.deepEqual(stderr.split('\n').filter(line => !line.includes('SIGUSR2')), [
    'autospan: the application starts an OpenTelemetry SDK of its own; autospan steps back and traces nothing from here on',
    'autospan: tracing stays off: the application starts an OpenTelemetry SDK of its own, and two tracers would write every header twice', ''])
})

test('the APIs of OpenTelemetry and OpenTracing are switched, too', async () => {
  const { code, stderr, spans } = await run('switched-apis.js')
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(drawn(spans), 'by OpenTelemetry  internal\nby OpenTracing  internal\nby OpenTelemetry  internal\nby OpenTracing  internal')
})
