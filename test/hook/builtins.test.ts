import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, REGISTER, ROOT, run, type Run } from '../helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-builtins-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })
function file (name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

// A server and its client, in the turn in which `http` is there.
const BOTH = 'const server = http.createServer((_, res) => res.end()).listen(0, () => http.get({ port: server.address().port, agent: false }, res => res.resume().on("end", () => server.close())))'
const PICTURE = 'GET  client\n  GET  server'
const canRequireModules = (process.features as { require_module?: boolean }).require_module === true

/** However http comes to an application, both sides are traced from the first request on. */
function comes (way: string, app: string, options?: Run): void {
  test(`http comes by ${way}`, async () => {
    const { code, stderr, spans } = await run(app, options)
    assert.equal(drawn(spans), PICTURE, stderr)
    assert.equal(code, 0, stderr)
  })
}

/** Where it is there at once it is patched at once: the head of a request whose headers are a list is made while it is constructed. */
function comesAtOnce (way: string, app: string, options?: Run): void {
  test(`http comes by ${way}, and is used at once`, async () => {
    const { stderr, spans } = await run(app, options)
    assert.equal(drawn(spans), 'GET  client  ERROR ECONNREFUSED', stderr)
  })
}
const CALL = 'http.get({ host: "127.0.0.1", port: 1, headers: ["Host", "localhost"] }).on("error", () => {})'

comesAtOnce('require', file('require.js', `const http = require('http'); ${CALL}`))
comesAtOnce('require, with its scheme', file('scheme.js', `const http = require('node:http'); ${CALL}`))
comesAtOnce('require, of Module', file('module.js', `const http = new (require('module'))('x').require('http'); ${CALL}`))
comesAtOnce('createRequire', file('created.mjs', `import { createRequire } from 'module'; const http = createRequire(import.meta.url)('http'); ${CALL}`))
comesAtOnce('import', file('called.mjs', `import http from 'http'; ${CALL}`))
comesAtOnce('import() in CommonJS', file('called.js', `import('http').then(({ default: http }) => { ${CALL} })`))
comesAtOnce('https', file('agent.js', `require('https'); const http = require('http'); ${CALL}`))
comesAtOnce('the list of arguments', '', { args: ['--require', REGISTER, '-e', CALL], node: [] })
if ('getBuiltinModule' in process) comesAtOnce('getBuiltinModule', file('get.js', `const http = process.getBuiltinModule('http'); ${CALL}`))
comes('require', file('both.js', `const http = require('http'); ${BOTH}`))
comes('import', file('import.mjs', `import http from 'http'; ${BOTH}`))
comes('import, by names', file('names.mjs', `import { createServer, get } from 'node:http'; const http = { createServer, get }; ${BOTH}`))
comes('import() in CommonJS', file('dynamic.js', `import('http').then(({ default: http }) => { ${BOTH} })`))
comes('import() in an ES module', file('dynamic.mjs', `const http = await import('node:http'); ${BOTH}`))
comes('a package that is imported', file('commonjs.mjs', `import http from './exports.cjs'; ${BOTH}`))
file('exports.cjs', 'module.exports = require("http")')
comes('the list of arguments, as a module', '', { args: ['--require', REGISTER, '--input-type=module', '-e', `import http from 'http'; ${BOTH}`], node: [] })
comes('a preload before us', file('before.js', `const http = globalThis.theirs; ${BOTH}`), { node: ['--require', file('theirs.js', 'globalThis.theirs = require("http")'), '--require', REGISTER] })
comes('a preload behind us', file('behind.js', `const http = globalThis.theirs; ${BOTH}`), { node: ['--require', REGISTER, '--import', file('theirs.mjs', 'import http from "http"; globalThis.theirs = http')] })
comes('import, in a worker', file('worker.js', `new (require('worker_threads').Worker)(new URL('import.mjs', require('url').pathToFileURL(__filename)))`))
comes('import, where a hook in another thread looks at what is imported', file('hooked.mjs', `
  import { register } from 'node:module'
  register('data:text/javascript,export const load = (url, context, next) => next(url, context)')
  await import('./import.mjs')`), { node: ['--require', REGISTER, '--no-deprecation'] })
comes('import, where Node keeps no list of what is loaded', file('unlisted.mjs', `import http from 'http'; ${BOTH}`), {
  node: ['--require', file('unlisting.js', 'Object.defineProperty(process, "moduleLoadList", { value: undefined })'), '--require', REGISTER] })
if (canRequireModules) {
  comes('import, of a module that is required', file('required.js', 'require("./import.mjs")'))
  test('a module that is required calls somebody before it has been run', async () => {
    file('caller.mjs', 'import http from "http"; http.get({ host: "127.0.0.1", port: 1 }).on("error", () => {})')
    const { stderr, spans } = await run(file('calls.js', 'require("./caller.mjs")'))
    assert.equal(drawn(spans), 'GET  client  ERROR ECONNREFUSED', stderr)
  })
}

const [key, cert] = ['key', 'cert'].map(name => JSON.stringify(readFileSync(join(ROOT, `test/apps/tls/${name}.pem`), 'utf8')))
const SECURE = `const server = https.createServer({ key: ${key}, cert: ${cert} }, (_, res) => res.end()).listen(0, () =>
  https.get({ port: server.address().port, agent: false, rejectUnauthorized: false }, res => res.resume().on("end", () => server.close())))`
for (const [way, app] of [
  ['require', file('https.js', `const https = require('https'); ${SECURE}`)],
  ['import', file('https.mjs', `import https from 'https'; ${SECURE}`)]
]) {
  test(`https comes by ${way}`, async () => {
    const { stderr, spans } = await run(app)
    assert.equal(drawn(spans, ['url.scheme']), 'GET  client\n  GET  server  url.scheme=https', stderr)
  })
}

test('https comes by import() when http has long been there, and is called from elsewhere', async () => {
  const { stderr, spans } = await run(file('served.mjs', `
    import 'http'
    import { execFile } from 'child_process'
    setTimeout(async () => {
      const https = await import('https')
      const server = https.createServer({ key: ${key}, cert: ${cert} }, (_, res) => res.end()).listen(0, () => {
        const call = 'https.get({ port: ' + server.address().port + ', rejectUnauthorized: false, agent: false }, res => res.resume())'
        execFile(process.execPath, ['-e', call], () => server.close())
      })
    }, 20)`))
  assert.equal(drawn(spans, ['url.scheme']), 'GET  server  url.scheme=https', stderr)
})

test('child_process comes by import: its functions by name, too', async () => {
  const app = (load: string): string => `
    import { createServer, get } from 'http'
    ${load}
    const server = createServer((_, res) => res.end(execSync('echo $TRACEPARENT'))).listen(0, () => get({ port: server.address().port, agent: false }, res => {
      res.setEncoding('utf8').on('data', text => console.log(text)).on('end', () => server.close())
    }))`
  for (const [name, load] of [['static.mjs', 'import { execSync } from "child_process"'], ['later.mjs', 'const { execSync } = await import("node:child_process")']]) {
    const { stdout, spans } = await run(file(name, app(load)))
    const server = spans.find(({ kind }) => kind === 'server')!
    assert.equal(stdout.trim(), `00-${server.traceId}-${server.spanId}-03`, name)
  }
})

// A guard such as a sandbox has, or a test that forbids the network; before Node 20.16 there was no way past it.
const refusing = (names: string): string => `
  const { _load } = Module
  Module._load = function (name) {
    if (/^(node:)?(${names})$/.test(name)) throw new Error(name + ' is forbidden here')
    return _load.apply(this, arguments)
  }`
for (const [which, node] of [['this Node', ['--require', REGISTER]], ['a Node without getBuiltinModule', ['--require', file('without.js', 'delete process.getBuiltinModule'), '--require', REGISTER]]] as const) {
  test(`an application that refuses to load http and child_process does not hear that we do: ${which}`, async () => {
    const loads = 'console.log(typeof https.request, typeof net.connect); setTimeout(() => console.log("alive"), 50)'
    for (const app of [
      file('refused.js', `const Module = require('module'); ${refusing('http|child_process')}; const [https, net] = [require('https'), require('net')]; net.createServer().listen(0, function () { this.close() }); ${loads}`),
      file('refused.mjs', `import Module from 'module'; ${refusing('http|child_process')}; const [https, net] = [await import('https'), await import('net')]; ${loads}`)
    ]) {
      const { code, stdout, stderr } = await run(app, { node: [...node] })
      assert.deepEqual([code, stdout, stderr], [0, 'function function\nalive\n', ''])
    }
  })

  test(`an application that refuses to load perf_hooks is traced, at the time of the wall: ${which}`, async () => {
    const before = Date.now()
    const { code, stderr, spans } = await run(file('timed.js', `const Module = require('module'); ${refusing('perf_hooks')}; const http = require('http'); ${BOTH}`), { node: [...node] })
    assert.equal(drawn(spans), PICTURE, stderr)
    assert.equal(code, 0, stderr)
    for (const { startedAt, endedAt } of spans) assert.ok(startedAt / 1_000_000n >= before - 50 && endedAt > startedAt && endedAt / 1_000_000n <= Date.now() + 50)
  })
}

// What a start costs is for the larger part what it loads.
test('a program that does nothing has loaded no builtin of any size for us', async () => {
  const text = `
    const { reallyExit } = process
    process.reallyExit = code => { process._rawDebug(JSON.stringify(process.moduleLoadList)); reallyExit.call(process, code) }
    process.exit()`
  for (const app of [file('nothing.js', text), file('nothing.mjs', text)]) {
    const loaded = async (node: string[]): Promise<string[]> => JSON.parse((await run(app, { node })).stderr)
    const bare = await loaded([])
    const ours = (await loaded(['--require', REGISTER])).filter(entry => entry.startsWith('NativeModule') && !bare.includes(entry)).map(entry => entry.slice(13))
    assert.ok(ours.length <= 12, ours.join(' '))
    assert.deepEqual(ours.filter(name => /^(module$|_?http|https|_?tls|net|crypto|stream|dns|zlib|perf_hooks|child_process|worker_threads|internal\/(crypto|streams|perf|worker|child_process))/.test(name)), [])
  }
})

test('patches are loaded when something comes that they are for, and what sends spans when there are any', async () => {
  const loaded = async (name: string, text: string): Promise<string[]> => {
    const list = 'Object.keys(require.cache).filter(file => file.includes("bundle")).map(file => require("path").basename(file))'
    const { stdout, stderr } = await run(file(name, `${text}; process.on("exit", () => console.log(JSON.stringify(${list})))`))
    assert.equal(stderr, '')
    return JSON.parse(stdout)
  }
  assert.deepEqual(await loaded('none.js', ''), ['gate.js', 'start.js'])
  assert.deepEqual(await loaded('live.js', `require(${JSON.stringify(ROOT)}).active()`), ['gate.js', 'start.js', 'engine.js', 'live.js'])
  assert.deepEqual(await loaded('http.js', 'require("http")'), ['gate.js', 'start.js', 'engine.js', 'http.js'])
  // A server that listens has Node load child_process, for it may be one of a cluster.
  assert.deepEqual(await loaded('sent.js', `const http = require("http"); ${BOTH}`), ['gate.js', 'start.js', 'engine.js', 'http.js', 'processes.js', 'send.js'])
  const pg = await loaded('pg.js', `require(${JSON.stringify(require.resolve('pg'))})`)
  assert.ok(pg.includes('pg.js') && !pg.some(file => /redis|pino|send|scrub/.test(file)), pg.join())
})

test('to send spans by http takes neither https nor compression', async () => {
  const { stdout, spans } = await run(file('plain.js', `
    const http = require("http")
    process.on("exit", () => console.log(process.moduleLoadList.filter(name => /^NativeModule (https|tls|zlib)$/.test(name)).join()))
    ${BOTH}`))
  assert.deepEqual([drawn(spans), stdout], [PICTURE, '\n'])
})

test('Node warns of what a package asks for as little as without us, though we are in no package', async () => {
  mkdirSync(join(folder, 'node_modules/old'), { recursive: true })
  const app = file('old.js', 'console.log(typeof require("old"))')
  file('node_modules/old/index.js', 'module.exports = require("punycode")')
  const { code, stdout, stderr } = await run(app, { node: ['--throw-deprecation', '--require', REGISTER] })
  assert.deepEqual([code, stdout, stderr], [0, 'object\n', ''])
})
