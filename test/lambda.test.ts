import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { collector, type Reply, type Seen } from './collector'
import { APPS, drawn, REGISTER } from './helper'

/** `spans`: those that had arrived when the answer came; `frozen`: when the process was frozen. */
interface Answer { kind: string, body: any, spans: Seen[], frozen: Seen[], took: number }
const listening = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/**
 * The function as Lambda runs it: a Runtime API hands out the events, one after the other, and the process is frozen (SIGSTOP) from the moment at which it has
 * answered one and asks for the next, until there is one. An event whose time, in milliseconds, is over is the process's last: it is killed.
 * What each answer was, and the spans that had arrived by then.
 */
async function invoke (handler: string, events: object[], { time = 5000, answer, preload = true, env = {} }: { time?: number, answer?: () => Reply, preload?: boolean, env?: Record<string, string> } = {}): Promise<Answer[]> {
  const sink = await collector(answer)
  const other = createServer((_, res) => res.end('there'))
  const url = `http://127.0.0.1:${await listening(other)}/`
  const answers: Answer[] = []
  let over = (): void => {}
  const ended = new Promise<void>(resolve => { over = resolve })
  let timer: NodeJS.Timeout | undefined
  let begun = 0
  const note = (kind: string, text: string): void => { answers.push({ kind, body: text === '' ? undefined : JSON.parse(text), spans: [...sink.spans], frozen: [], took: Date.now() - begun }) }
  const next = async (res: ServerResponse): Promise<void> => {
    const event = events[answers.length]
    if (answers.length > 0) answers.at(-1)!.frozen = [...sink.spans]
    if (event === undefined) return over()
    if (answers.length > 0) {
      child.kill('SIGSTOP')
      await new Promise(resolve => setTimeout(resolve, 200))
      child.kill('SIGCONT')
    }
    begun = Date.now()
    const id = `invocation-${answers.length}`
    timer = setTimeout(() => { note('timeout', ''); over() }, time)
    res.writeHead(200, { 'lambda-runtime-aws-request-id': id, 'lambda-runtime-deadline-ms': begun + time, 'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:x' })
    res.end(JSON.stringify({ url, ...event }))
  }
  const api = createServer(async (req, res) => {
    if (req.url!.endsWith('/next')) return await next(res)
    let text = ''
    for await (const chunk of req) text += chunk
    clearTimeout(timer)
    note(req.url!.split('/').pop()!, text)
    res.writeHead(202).end()
  })
  const child = spawn(process.execPath, [...(preload ? ['--require', REGISTER] : []), join(APPS, 'lambda/runtime.mjs')], {
    env: {
      PATH: process.env.PATH,
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${await listening(api)}`,
      LAMBDA_TASK_ROOT: join(APPS, 'lambda'),
      _HANDLER: handler,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
      ...env
    },
    cwd: join(APPS, 'lambda'),
    stdio: ['ignore', 'inherit', 'inherit']
  })
  child.on('exit', over)
  await ended
  child.kill('SIGKILL')
  for (const server of [api, other]) { server.close(); server.closeAllConnections() }
  await sink.close()
  return answers
}
/** The invocations among what arrived, without what the runtime itself asks for. */
const invocations = (spans: Seen[], show: string[] = []): string =>
  drawn(spans.filter(({ name, attributes }) => name === 'orders' || /:\d+\/$/.test(String(attributes['url.full']))), show)
const PICTURE = 'orders  server\n  GET  client'

for (const handler of ['app.promised', 'app.called', 'app.done', 'app.succeeded', 'app.fixed', 'app.thrown', 'app.thenable', 'module.imported', 'module.default', 'module.nested.deep.handler', 'module.streamed', 'typed/bundle.handler']) {
  // Nobody waits for the end of what is streamed, but the process is frozen no earlier for that.
  const when = handler.endsWith('streamed') ? 'frozen' : 'spans'
  test(`${handler}: when the answer of an invocation is there, its spans are, too; it is the answer that it was`, async () => {
    const events = [{}, {}, {}]
    const [withUs, without] = await Promise.all([invoke(handler, events), invoke(handler, events, { preload: false })])
    assert.deepEqual(withUs.map(({ kind, body }) => [kind, body]), without.map(({ kind, body }) => [kind, body]))
    assert.deepEqual(withUs.map(answer => invocations(answer[when])), [1, 2, 3].map(times => Array(times).fill(PICTURE).join('\n')))
    const ids = withUs[2][when].filter(({ name }) => name === 'orders').map(({ attributes }) => [attributes['faas.invocation_id'], attributes['aws.lambda.invoked_arn']])
    assert.deepEqual(ids, [0, 1, 2].map(i => [`invocation-${i}`, 'arn:aws:lambda:x']))
  })
}

for (const [handler, asked] of [['app.promised', '\n  GET  client'], ['app.called', '\n  GET  client'], ['app.done', '\n  GET  client'], ['app.succeeded', '\n  GET  client'], ['app.thrown', ''], ['module.imported', '\n  GET  client']]) {
  test(`${handler}: an invocation that fails`, async () => {
    const [{ kind, body, spans }] = await invoke(handler, [{ fails: true }])
    assert.deepEqual([kind, body], ['error', { errorMessage: 'on purpose', errorType: 'TypeError' }])
    assert.equal(invocations(spans), `orders  server  ERROR TypeError${asked}`)
  })
}

test('app.gaveUp: an invocation that fails, and does not say why', async () => {
  const [{ kind, spans }] = await invoke('app.gaveUp', [{}])
  assert.deepEqual([kind, invocations(spans)], ['error', 'orders  server  ERROR unknown\n  GET  client'])
})

test('an ES module whose functions are traced, too: they are beneath the invocation', async () => {
  const [{ spans }] = await invoke('module.imported', [{}], { env: { AUTOSPAN_TRACE: './module.mjs#imported' } })
  assert.equal(drawn(spans.filter(({ name }) => name !== 'GET')), 'orders  server\n  imported  internal')
})

test('who called is the parent', async () => {
  const [{ spans }] = await invoke('app.promised', [{ headers: { Traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } }])
  const [invocation] = spans.filter(({ name }) => name === 'orders')
  assert.deepEqual([invocation.traceId, invocation.parentSpanId], ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'])
})

test('an invocation that runs out of time is told of before that, as unfinished', async () => {
  const [{ kind, spans }] = await invoke('app.late', [{}], { time: 2000 })
  assert.equal(kind, 'timeout')
  assert.equal(invocations(spans), 'orders  server  UNFINISHED\n  GET  client')
})

test('a collector that does not answer holds an invocation up for a second at most, and never beyond its time', async () => {
  const dead = (): Reply => ({ status: 200, delay: 60_000 })
  for (const handler of ['app.promised', 'app.done']) {
    const [{ kind, took }] = await invoke(handler, [{}], { answer: dead })
    assert.equal(kind, 'response')
    assert.ok(took < 2000, `${took} ms`)
  }
  assert.equal((await invoke('app.promised', [{}], { answer: dead, time: 1500 }))[0].kind, 'response')
})
