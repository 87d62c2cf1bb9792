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
// Frames of ours are in a stack where we have called; frames beyond the tenth fall off its end.
const words = (stderr: string): string => stderr.split('\n').filter(line => !/^\s+at /.test(line)).join('\n').replace(/app\d+/g, 'app')
const seen = ({ code, signal, stdout, stderr }: Outcome): object => ({ code, signal, stdout, stderr: words(stderr) })

async function same (app: string, node: string[] = []): Promise<Outcome> {
  const [without, withUs] = await Promise.all([run(app, { node }), run(app, { node: ['--require', REGISTER, ...node] })])
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
  'never answers': served('setTimeout(() => { console.log("enough"); process.exit(2) }, 100)'),
  'hangs up': served('res.destroy()'),
  'has beforeExit work to do once': `let n = 0; process.on('beforeExit', () => { if (n++ === 0) setTimeout(() => console.log('more'), 10) }); ${served('res.end()')}`,
  'writes much': 'process.stdout.write("x".repeat(300000)); process.stderr.write("y".repeat(300000))',
  'requires what is not there': 'require("./not-there")',
  'lists its globals': 'console.log(Object.keys(globalThis).join(), Object.keys(process.env).length, process.listenerCount("exit") >= 0, process.argv.length, process.execArgv.length >= 0)',
  'shows http': 'const http = require("http"); console.log(http.get.length, http.request.name, Object.keys(http).join(), http.Server.prototype.emit.name, Object.keys(http.Server.prototype).join())'
}
for (const [what, code] of Object.entries(APPLICATIONS)) test(`an application that ${what}`, async () => { await same(file(code)) })

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
    const line = (outcome: Outcome): object => ({ ...seen(outcome), stderr: words(outcome.stderr).replace(/\(node:\d+\)/g, '(node)') })
    assert.deepEqual(line(traced), line(without))
  })
}
