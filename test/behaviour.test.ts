import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { REGISTER, ROOT, run, type Outcome } from './helper'

// An application does the same with us and without us: the same exit code and signal, the same words on stdout and stderr.
const folder = mkdtempSync(join(tmpdir(), 'autospan-behaviour-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
let count = 0
function file (code: string, type = 'js'): string {
  const path = join(folder, `app${++count}.${type}`)
  writeFileSync(path, code)
  return path
}
// Frames of ours are in a stack where we have called; frames beyond the tenth fall off its end. Processes have ids, and Node numbers rejections that were caught in time, too.
const words = (stderr: string): string => stderr.split('\n').filter(line => !/^\s+at /.test(line)).join('\n').replace(/app\d+/g, 'app').replace(/\(node:\d+\)|\(rejection id: \d+\)/g, '()')
const seen = ({ code, signal, stdout, stderr }: Outcome): object => ({ code, signal, stdout, stderr: words(stderr) })

async function same (app: string, node: string[] = [], env?: Record<string, string>): Promise<Outcome> {
  const [without, withUs] = await Promise.all([run(app, { node, env }), run(app, { node: ['--require', REGISTER, ...node], env })])
  assert.deepEqual(seen(withUs), seen(without))
  return withUs
}

/** A server and a client of its own, whose request is handled by `handler` and answered by `answered`. */
const served = (handler: string, answered = 'res.resume().on("end", () => server.close())'): string => `
  const { createServer, get } = require('node:http')
  const server = createServer((req, res) => { ${handler} }).listen(0, '127.0.0.1', () => {
    get({ port: server.address().port, host: '127.0.0.1', agent: false }, res => { ${answered} }).on('error', error => { console.log(error.code); server.close() })
  })`

const APPLICATIONS: Record<string, string> = {
  'throws at once': 'console.log("before"); throw new TypeError("at once")',
  'throws no error': 'throw { odd: 1 }',
  'throws in a handler': served('throw new Error("in the handler")'),
  'throws in a callback of a request': served('res.end("x")', 'throw new Error("in the callback")'),
  'throws in a handler that is caught': `process.on('uncaughtException', error => { console.log(error.message); process.exit(7) }); ${served('throw new Error("caught")')}`,
  'rejects in a handler': served('Promise.reject(new Error("in the handler"))'),
  'rejects in an async handler': served('(async () => { await null; throw new Error("in the handler") })()'),
  'rejects and hears of it': `process.on('unhandledRejection', error => { console.log(error.message); process.exit(8) }); ${served('Promise.reject(new Error("heard"))')}`,
  'exits with a code': served('process.exit(3)'),
  'sets a code': `process.exitCode = 4; ${served('res.end()')}`,
  'exits in a handler of exit': `process.on('exit', code => { process.exitCode = code + 5 }); ${served('res.end()')}`,
  'dies of a signal': served('process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)'),
  'is killed': served('process.kill(process.pid, "SIGKILL")'),
  'aborts by SIGINT': served('process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 5000)'),
  'hears a signal': `process.on('SIGTERM', () => { console.log('term'); process.exit(0) }); ${served('process.kill(process.pid, "SIGTERM")')}`,
  'hears a signal, and goes on': `process.on('SIGTERM', (...told) => console.log(...told)); ${served('process.kill(process.pid, "SIGTERM"); setTimeout(() => res.end(), 50)')}`,
  'hears of a signal once, and then dies of it': `process.once('SIGINT', () => { console.log('once'); process.kill(process.pid, 'SIGINT') }); ${served('process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 5000)')}`,
  'hears signals for a while': served(`
    const heard = () => { console.log('heard'); process.off('SIGHUP', heard); process.kill(process.pid, 'SIGHUP'); setTimeout(() => {}, 5000) }
    process.on('SIGHUP', heard)
    process.kill(process.pid, 'SIGHUP')`),
  'takes all listeners of a signal away': served(`
    process.on('SIGTERM', () => {}).on('SIGTERM', () => {})
    process.removeAllListeners('SIGTERM')
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => {}, 5000)`),
  'emits by itself what comes from outside': served(`
    console.log(process.emit('SIGTERM', 'SIGTERM', 15), process.emit('SIGINT'))
    process.on('SIGTERM', name => { console.log(name); res.end() })
    console.log(process.emit('SIGTERM', 'by hand'))`),
  'replaces process.emit, and puts it back': served(`
    const { emit } = process
    process.emit = function (event) { if (event.startsWith('SIG')) console.log('emit', event); return emit.apply(this, arguments) }
    process.once('SIGTERM', () => { process.emit = emit; process.kill(process.pid, 'SIGTERM') })
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => {}, 5000)`),
  'counts listeners': served(`
    for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'exit', 'beforeExit', 'uncaughtExceptionMonitor', 'uncaughtException', 'newListener', 'removeListener', 'warning']) {
      console.log(event, process.listenerCount(event), process.rawListeners(event).length)
    }
    console.log(process.eventNames(), Object.keys(process).join(), process.emit.name, process.emit.length, process.getActiveResourcesInfo().sort().join())
    res.end()`),
  'has as many listeners as are allowed': `for (let i = 0; i < 10; i++) for (const event of ['exit', 'beforeExit', 'SIGTERM', 'SIGINT']) process.on(event, () => {}); ${served('res.end()')}`,
  'watches others listen': `
    process.on('newListener', (event, listener) => console.log('new', event, typeof listener)).on('removeListener', event => console.log('removed', event))
    process.on('SIGTERM', () => {}); ${served('process.removeAllListeners("SIGTERM"); res.end()')}`,
  'exits in a handler of exit, on the spot': `process.on('exit', code => { console.log(code, process.reallyExit.name, Object.keys(process).length); process.exit(code + 5) }); ${served('res.end()')}`,
  'throws in a handler of exit': `process.on('exit', () => { throw new Error('at the exit') }); ${served('res.end()')}`,
  'throws in a handler of uncaughtException': `process.on('exit', () => console.log('never')).on('uncaughtException', error => { throw error }); ${served('throw new Error("thrown again")')}`,
  'emits by itself an uncaughtException whose handler throws': `process.on('uncaughtException', error => { throw error }); ${served('try { process.emit("uncaughtException", new Error("x")) } catch { res.end() }')}`,
  'catches what nobody caught': `process.setUncaughtExceptionCaptureCallback(error => { console.log('captured', error.message); process.exit(9) }); ${served('throw new Error("away")')}`,
  'counts its listeners after an error, while nobody knows yet who catches it': `
    process.on('uncaughtException', error => console.log(error.message, process.listenerCount('uncaughtExceptionMonitor'), process.eventNames()))
    ${served('process.nextTick(() => { console.log(process.eventNames()); res.end() }); throw new Error("survived")')}`,
  'goes on after an error': `process.on('uncaughtException', (error, origin) => console.log(error.message, origin)); ${served('setTimeout(() => res.end(), 20); throw new Error("survived")')}`,
  'has a thread that hears signals': served(`
    const { Worker } = require('node:worker_threads')
    const thread = \`process.on('SIGTERM', () => {}); require('node:worker_threads').parentPort.postMessage([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')])\`
    new Worker(thread, { eval: true }).on('message', message => console.log(message)).on('exit', code => { console.log(code); process.kill(process.pid, 'SIGTERM') })
    setTimeout(() => {}, 5000)`),
  'is a parent of others': served(`
    const { fork } = require('node:child_process')
    const child = fork(__filename.replace(/[^/]*$/, '') + 'child.js')
    child.on('message', () => child.kill('SIGINT')).on('exit', (...how) => { console.log(...how); res.end() })`),
  'never answers': served('setTimeout(() => { console.log("enough"); process.exit(2) }, 100)'),
  'hangs up': served('res.destroy()'),
  'has the promises of Bluebird for its own': `
    globalThis.Promise = require(${JSON.stringify(require.resolve('bluebird'))})
    const { Client } = require(${JSON.stringify(require.resolve('pg'))})
    const query = new Client({ host: '127.0.0.1', port: 1 }).query('SELECT 1')
    console.log(query instanceof Promise, query.constructor === Promise, query.get('rows') instanceof Promise)
    process.exit()`,
  // Node itself cannot load its crypto after that.
  'gives all objects a property `value`': `require('node:crypto'); ${served('res.end(require("node:child_process").execFileSync(process.execPath, ["-p", "1"]))', 'res.on("data", text => console.log(String(text))).on("end", () => server.close())')}
    Object.prototype.value = 'inherited'`,
  'gives all objects a property `get`': `
    const { traced } = require(${JSON.stringify(ROOT)})
    Object.prototype.get = () => {}
    console.log(...traced(function * () { yield 1 })())`,
  'emits beforeExit by itself while it runs': `process.on('beforeExit', code => console.log(code)); ${served(`
    process.emit('beforeExit', 1)
    setImmediate(async () => { await null; process.emit('beforeExit', 2); setTimeout(() => res.end(), 10) })`)}`,
  'writes much': 'process.stdout.write("x".repeat(300000)); process.stderr.write("y".repeat(300000))',
  'requires what is not there': 'require("./not-there")',
  'lists its globals': 'console.log(Object.keys(globalThis).join(), Object.keys(process.env).length, process.listenerCount("exit") >= 0, process.argv.length, process.execArgv.length >= 0)',
  'shows http': 'const http = require("http"); console.log(http.get.length, http.request.name, Object.keys(http).join(), http.Server.prototype.emit.name); const all = []; for (const key in http.Server.prototype) all.push(key); console.log(all.sort().join())'
}
writeFileSync(join(folder, 'child.js'), `${served('process.send("ready")')}; setTimeout(() => {}, 5000)`)
for (const [what, code] of Object.entries(APPLICATIONS)) test(`an application that ${what}`, async () => { await same(file(code)) })

// Whoever listens to beforeExit hears it as often as without us: once, and again only if he himself has made more to do.
const GOODBYES: Record<string, string> = {
  'does nothing': '',
  'has more to do, twice': 'if (heard < 3) setTimeout(() => console.log("more"), 10)',
  'asks a server': 'if (heard === 1) ask()',
  'compresses': 'if (heard === 1) require("node:zlib").gzip("x", () => console.log("compressed"))',
  'has something to do in the next turn': 'if (heard === 1) setImmediate(() => console.log("next"))',
  'has a promise, a tick, and a timer that holds nothing': 'Promise.resolve().then(() => console.log("then")); process.nextTick(() => console.log("tick")); setTimeout(() => console.log("never"), 0).unref()',
  'makes a span': `require(${JSON.stringify(join(ROOT, 'node_modules/@opentelemetry/api'))}).trace.getTracer('app').startSpan('goodbye').end()`,
  'sets a code': 'process.exitCode = 9',
  'exits': 'process.exit(4)',
  'throws': 'throw new Error("at the end")'
}
const COLLECTORS: Record<string, Record<string, string>> = {
  'a collector': {},
  'none': { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  'a file': { OTEL_TRACES_EXPORTER: 'file', AUTOSPAN_FILE: '/dev/null' }
}
for (const [what, code] of Object.entries(GOODBYES)) {
  for (const [where, env] of Object.entries(COLLECTORS)) {
    test(`an application that ${what} at beforeExit, with ${where}`, async () => {
      await same(file(`
        let heard = 0
        const ask = () => { ${served('res.end()')} }
        process.once('beforeExit', code => console.log('once', code)).on('exit', code => console.log('exit', code))
        process.on('beforeExit', code => { console.log('heard', ++heard, code); if (heard === 9) process.exit(1) })
        process.on('beforeExit', () => { ${code} })
        ask()`), [], { OTEL_LOG_LEVEL: 'none', ...env })
    })
  }
}

test('an ES module that waits forever, and one that throws', async () => {
  assert.equal((await same(file('import "node:http"; await new Promise(() => {})', 'mjs'))).code, 13)
  await same(file('import { get } from "node:http"; await null; throw new Error(typeof get)', 'mjs'))
  await same(file('import { nothing } from "node:http"', 'mjs'))
})

for (const mode of ['strict', 'warn', 'none', 'throw', 'warn-with-error-code']) {
  test(`a rejection of a traced call that nobody catches: --unhandled-rejections=${mode}`, async () => {
    const code = (traced: boolean): string => `
      const holder = { async method (fail) { await null; if (fail) throw new Error('rejected') ; return 1 } }
      if (${traced}) require(${JSON.stringify(join(ROOT, 'dist/src/hook/wrap.js'))}).wrap(holder, { scope: 'test', blown: false, failures: 0 },
        { of: exports => exports, method: 'method', kind: 'internal', start () {} })
      process.on('exit', code => console.log('exit', code))
      holder.method(true).catch(error => console.log('caught', error.message))
      holder.method(false).then(value => console.log(value))
      holder.method(true)
      setTimeout(() => console.log('later'), 20)`
    const [without, traced] = await Promise.all([false, true].map(traced => run(file(code(traced)), { node: [`--unhandled-rejections=${mode}`] })))
    assert.deepEqual(seen(traced), seen(without))
  })
}

// Who listens to what of a rejection or a throw in a request that is traced: each is asked what it is asked without us, and in the same order.
const LISTENERS = ['uncaughtException', 'unhandledRejection', 'uncaughtExceptionMonitor', 'rejectionHandled', 'warning']
for (const mode of ['strict', 'warn', 'none', 'throw', 'warn-with-error-code']) {
  for (const heard of [LISTENERS, LISTENERS.filter(event => event !== 'unhandledRejection'), ['uncaughtExceptionMonitor']]) {
    test(`an application that rejects, and throws, and hears of ${heard.length > 1 ? heard.length : heard.join()}: --unhandled-rejections=${mode}`, async () => {
      const listening = heard.map(event => `process.on('${event}', (...args) => console.log('${event}', args[0]?.message?.split('\\n')[0], ${event.startsWith('uncaught')} ? args[1] : ''))`).join('\n')
      await same(file(`${listening}
        process.on('exit', code => console.log('exit', code))
        ${served('Promise.reject(new Error("rejected")); setTimeout(() => { res.end(); setImmediate(() => { throw new Error("thrown") }) }, 20)')}`), [`--unhandled-rejections=${mode}`])
    })
  }
}
