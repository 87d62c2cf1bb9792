// The scenarios of OpenTracing's testbed, on OpenTelemetry's API: `node testbed.js <scenario>`.
const { EventEmitter } = require('node:events')
const { context, propagation, ROOT_CONTEXT, SpanKind, trace } = require('@opentelemetry/api')

const tracer = trace.getTracer('testbed')
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const inside = (span, fn) => context.with(trace.setSpan(context.active(), span), fn)

const scenarios = {
  /** A task works for a span that was begun elsewhere, and then for its own again. */
  async 'active span replacement' () {
    const initial = tracer.startSpan('initial')
    await tracer.startActiveSpan('task', async task => {
      await inside(initial, async () => {
        await sleep(2)
        tracer.startSpan('for the initial one').end()
        initial.end()
      })
      tracer.startSpan('subtask').end()
      task.end()
    })
  },

  /** Messages in a queue carry the context; the server was begun before any of them. */
  async 'client and server' () {
    const queue = new EventEmitter()
    const done = new Promise(resolve => queue.on('message', async ({ headers }) => {
      const span = tracer.startSpan('receive', { kind: SpanKind.SERVER }, propagation.extract(context.active(), headers))
      await sleep(2)
      span.end()
      resolve()
    }))
    const span = tracer.startSpan('send', { kind: SpanKind.CLIENT })
    const headers = {}
    propagation.inject(trace.setSpan(context.active(), span), headers)
    setImmediate(() => queue.emit('message', { headers }))
    await done
    span.end()
  },

  /** One handler for all requests: what is active when it hears of one is not that request's parent, but what was active when it was made. */
  async 'common request handler' () {
    const handler = {
      before (request) { request.span = tracer.startSpan(`send ${request.name}`, { kind: SpanKind.CLIENT }, request.context) },
      after (request) { request.span.end() }
    }
    const send = async name => {
      const request = { name, context: context.active() }
      // The connection is another's.
      await context.with(ROOT_CONTEXT, async () => {
        handler.before(request)
        await sleep(2)
        handler.after(request)
      })
    }
    await Promise.all(['one', 'two'].map((name, i) => sleep(i * 5).then(() => tracer.startActiveSpan(`parent ${name}`, async span => { await send(name); span.end() }))))
    await send('alone')
  },

  /** The parent is ended by somebody who knows when all is done. */
  async 'late span finish' () {
    const parent = tracer.startSpan('parent')
    const tasks = inside(parent, () => ['task 1', 'task 2'].map(async (name, i) => {
      await sleep(2 + 5 * i)
      await tracer.startActiveSpan(name, async span => { await sleep(2); span.end() })
    }))
    await Promise.all(tasks)
    parent.end()
  },

  /** Each request has a listener of its own, which ends its span. */
  async 'listener per request' () {
    const send = (name, listener) => setTimeout(() => listener(`${name}: answered`), 2)
    const request = name => new Promise(resolve => {
      const span = tracer.startSpan(`send ${name}`, { kind: SpanKind.CLIENT })
      send(name, answer => { span.setAttribute('answer', answer).end(); resolve() })
    })
    await request('one')
    await tracer.startActiveSpan('parent', async span => { await request('two'); span.end() })
  },

  /** The parent ends with the last of its callbacks. */
  async 'multiple callbacks' () {
    await new Promise(resolve => tracer.startActiveSpan('parent', parent => {
      let left = 3
      for (let i = 1; i <= 3; i++) {
        setTimeout(() => tracer.startActiveSpan(`task ${i}`, span => {
          setTimeout(() => {
            span.end()
            if (--left === 0) { parent.end(); resolve() }
          }, 2)
        }), 5 * i)
      }
    }))
  },

  /** One span, active in callbacks within callbacks; the innermost ends it. */
  async 'nested callbacks' () {
    await new Promise(resolve => tracer.startActiveSpan('one', () => setTimeout(() => {
      trace.getActiveSpan().setAttribute('key1', '1')
      process.nextTick(() => {
        trace.getActiveSpan().setAttribute('key2', '2')
        setImmediate(() => {
          trace.getActiveSpan().setAttribute('key3', '3').end()
          resolve()
        })
      })
    }, 2)))
  },

  /** What a task begins is beneath what was active when the task was. */
  async 'subtask span propagation' () {
    const subtask = async text => { await sleep(1); return tracer.startActiveSpan('subtask', span => { span.end(); return `${text}, answered` }) }
    const task = async text => tracer.startActiveSpan('task', async span => { const answer = await subtask(text); span.end(); return answer })
    console.log(await task('message'))
  }
}
void scenarios[process.argv[2]]()
