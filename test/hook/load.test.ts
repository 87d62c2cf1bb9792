import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { ROOT } from '../helper'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'autospan-load-')))
after(() => { rmSync(root, { recursive: true, force: true }) })
function write (path: string, text: string): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}
/** A package with a class in an inner file, as libraries are. */
function library (folder: string, version: string | undefined, name = 'fake'): void {
  write(`${folder}/package.json`, JSON.stringify({ name, version, main: 'index.js' }))
  write(`${folder}/index.js`, 'exports.Thing = require("./lib/thing.js").Thing')
  write(`${folder}/lib/thing.js`, `exports.Thing = class Thing { work () { return ${JSON.stringify(version ?? '')} } }`)
}
/** A preload that knows a library of its own: which of its parts was applied, how often, is told by the spans, one for each call and layer of wrapping. */
const PRELOAD = write('preload.js', `
  const { load } = require(${JSON.stringify(join(ROOT, 'dist/src/hook/load.js'))})
  const { outline } = require(${JSON.stringify(join(ROOT, 'dist/src/hook/outline.js'))})
  const { sendTo } = require(${JSON.stringify(join(ROOT, 'dist/src/trace/span.js'))})
  const spans = []
  sendTo(span => { spans.push(span.name) })
  process.on('exit', () => { console.log(spans.join()) })
  const part = (versions, mark) => ({ module: 'fake', versions, file: 'lib/thing.js',
    wrap: [{ of: exports => exports.Thing.prototype, method: 'work', kind: 'internal', start (span) { span.name = mark } }] })
  load([{ name: 'fake', layers: undefined, patch: outline({ about: '', parts: [part('>=1 <2', 'one'), part('>=2 <3', 'two'), { module: 'fake', versions: '>=3 <4', trace: [] }, part('>=4 <5', 'four')] }) }], () => {})
`)
let count = 0
/** Run an application in a folder; its last line is the spans. */
function run (folder: string, code: string, { node = [], type = 'js' }: { node?: string[], type?: string } = {}): { spans: string, stdout: string, stderr: string, status: number | null } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', PRELOAD, ...node, write(`${folder}/app${++count}.${type}`, code)], { encoding: 'utf8' })
  const lines = stdout.replace(/\n$/, '').split('\n')
  return { spans: lines.pop()!, stdout: lines.join('\n'), stderr, status }
}
const USE = 'const { Thing } = require("fake"); new Thing().work()'

test('a package is known by the name in its package.json', () => {
  library('plain/node_modules/fake', '1.2.3')
  assert.deepEqual(run('plain', USE), { spans: 'one', stdout: '', stderr: '', status: 0 })
  library('alias/node_modules/other', '1.0.0')
  assert.equal(run('alias', USE.replace('fake', 'other')).spans, 'one')
  library('stranger/node_modules/fake', '1.0.0', '@mine/fake')
  assert.equal(run('stranger', USE).spans, '')
  library('linked/elsewhere/checkout', '2.0.0')
  mkdirSync(join(root, 'linked/app/node_modules'), { recursive: true })
  symlinkSync(join(root, 'linked/elsewhere/checkout'), join(root, 'linked/app/node_modules/fake'))
  assert.equal(run('linked/app', USE).spans, 'two')
  assert.equal(run('linked/app', USE, { node: ['--preserve-symlinks'] }).spans, 'two')
})

test('a file named index.js is known by what it exports, too, whatever the folder is called; one that does not like to be looked at is left in peace', () => {
  const preload = write('index/preload.js', `
    const { load } = require(${JSON.stringify(join(ROOT, 'dist/src/hook/load.js'))})
    const seen = []
    const part = (module, exports) => ({ module, versions: '>=1 <2', file: 'index.js', exports, loaded () { seen.push(module) } })
    const parts = [part('fake', 'Thing'), part('other', 'Thing'), part('plain', 'Gadget')]
    load([{ name: 'fake', layers: undefined, patch: { parts, whole: () => ({ parts }) } }], () => {})
    process.on('exit', () => { console.log(seen.join()) })`)
  const packages = {
    fake: ['fake', 'module.exports = class Thing {}'],
    alias: ['fake', 'module.exports = class Thing {}'],
    other: ['other', 'module.exports = function Thing () {}'],
    plain: ['plain', 'exports.Gadget = class {}'],
    stranger: ['@mine/fake', 'module.exports = class Thing {}'],
    inner: ['fake', 'module.exports = require("./lib/index.js")'],
    proxy: ['fake', 'const trap = () => { throw new Error("looked at") }; module.exports = new Proxy(class Thing {}, { get: trap, getOwnPropertyDescriptor: trap })'],
    nothing: ['fake', 'module.exports = null']
  }
  for (const [folder, [name, text]] of Object.entries(packages)) {
    write(`index/node_modules/${folder}/package.json`, JSON.stringify({ name, version: '1.0.0' }))
    write(`index/node_modules/${folder}/index.js`, text)
  }
  write('index/node_modules/inner/lib/index.js', 'module.exports = class Other {}')
  const app = write('index/app.js', Object.keys(packages).map(name => `require('${name}')`).join(';'))
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--require', preload, app], { encoding: 'utf8' })
  assert.deepEqual([stdout, stderr, status], ['fake,fake,other,plain\n', '', 0])
})

test('pnpm: packages in a store of links, two versions at once, each once', () => {
  const store = 'pnpm/node_modules/.pnpm'
  library(`${store}/fake@1.0.0/node_modules/fake`, '1.0.0')
  library(`${store}/fake@2.1.0/node_modules/fake`, '2.1.0')
  write(`${store}/user@1.0.0/node_modules/user/package.json`, '{"name":"user"}')
  write(`${store}/user@1.0.0/node_modules/user/index.js`, USE)
  symlinkSync('../../fake@2.1.0/node_modules/fake', join(root, `${store}/user@1.0.0/node_modules/fake`))
  symlinkSync('.pnpm/fake@1.0.0/node_modules/fake', join(root, 'pnpm/node_modules/fake'))
  symlinkSync('.pnpm/user@1.0.0/node_modules/user', join(root, 'pnpm/node_modules/user'))
  assert.equal(run('pnpm', `${USE}; require('user'); require('fake')`).spans, 'one,two')
})

test('an ES module that imports it, by name and as a whole, is traced; import and require are one copy', () => {
  library('esm/node_modules/fake', '1.0.0')
  const code = `import fake, { Thing } from 'fake'
    import { createRequire } from 'node:module'
    new Thing().work(); new fake.Thing().work(); new (createRequire(import.meta.url)('fake').Thing)().work()`
  assert.equal(run('esm', code, { type: 'mjs' }).spans, 'one,one,one')
})

test('loaded anew it is patched anew; exports that come again are patched once', () => {
  library('again/node_modules/fake', '1.0.0')
  assert.equal(run('again', `${USE}; for (const file in require.cache) if (file.includes('node_modules')) delete require.cache[file]
    new (require('fake').Thing)().work()`).spans, 'one,one')
  write('shared/node_modules/fake/package.json', '{"name":"fake","version":"1.0.0"}')
  write('shared/node_modules/fake/index.js', 'exports.Thing = require("./lib/thing.js").Thing')
  write('shared/node_modules/fake/lib/thing.js', 'exports.Thing = global.Thing ??= class Thing { work () {} }')
  assert.equal(run('shared', `${USE}; for (const file in require.cache) delete require.cache[file]
    new (require('fake').Thing)().work()`).spans, 'one,one')
})

test('versions: one line for what is not known, by its shape what is newer, nothing for what is only listened to', () => {
  const KNOWN = '>=1 <2 or >=2 <3 or >=3 <4 or >=4 <5'
  library('old/node_modules/fake', '0.9.0')
  library('old/node_modules/second/node_modules/fake', '0.9.0')
  const old = run('old', `${USE}; require('./node_modules/second/node_modules/fake')`)
  assert.deepEqual([old.spans, old.stderr], ['', `autospan: fake 0.9.0 is not traced: only ${KNOWN} is known\n`])
  library('new/node_modules/fake', '7.0.0')
  assert.deepEqual([run('new', USE).spans, run('new', USE).stderr],
    ['four', `autospan: fake 7.0.0 is newer than what was tried (${KNOWN}); it is traced as far as it has the same shape\n`])
  library('heard/node_modules/fake', '3.1.0')
  assert.deepEqual([run('heard', USE).spans, run('heard', USE).stderr], ['', ''])
  for (const [folder, version, said] of [['none', undefined, 'without a version'], ['odd', 'next', 'next']] as const) {
    library(`${folder}/node_modules/fake`, version)
    assert.deepEqual([run(folder, USE).spans, run(folder, USE).stderr], ['', `autospan: fake ${said} is not traced: only ${KNOWN} is known\n`])
  }
  library('beta/node_modules/fake', '2.0.0-beta.1')
  assert.equal(run('beta', USE).spans !== '', true)
})

test('a patch that cannot be loaded when its library comes is told of, and the library is as it was', () => {
  library('gone/node_modules/fake', '1.0.0')
  const preload = write('gone/preload.js', `
    const { load } = require(${JSON.stringify(join(ROOT, 'dist/src/hook/load.js'))})
    const parts = [{ module: 'fake', versions: '>=1 <2', file: 'lib/thing.js', listens: { trace: ['gone'], begin: ['gone'], on: ['gone'], met: ['gone'] } }]
    load([{ name: 'fake', layers: undefined, patch: { parts, whole () { throw new Error('it is gone') } } }], () => {})`)
  const app = write('gone/app.js', `const { Thing } = require('fake'); const { channel, tracingChannel } = require('diagnostics_channel')
    console.log(new Thing().work(), tracingChannel('gone').traceSync(() => 'traced', {})); channel('gone').publish({})
    for (let i = 0; i < 5; i++) channel('gone').publish({})`)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', preload, app], { encoding: 'utf8' })
  assert.deepEqual([status, stdout], [0, '1.0.0 traced\n'])
  assert.match(stderr, /^autospan: the patch 'fake' failed 5 times and is switched off, [^\n]*Error: it is gone [^\n]*\n$/)
})

test('a library that was there before us is patched, and told of once', () => {
  library('late/node_modules/fake', '1.0.0')
  write('late/first.js', 'require("fake")')
  const { status, stdout, stderr } = spawnSync(process.execPath,
    ['--require', join(root, 'late/first.js'), '--require', PRELOAD, write('late/app.js', USE)], { encoding: 'utf8' })
  assert.deepEqual([status, stdout, stderr],
    [0, 'one\n', 'autospan: fake was loaded before autospan, so some of its calls may not be traced: register.js is to be the first preload\n'])
})

test('hooks of others go on working, whether they came before us or after', () => {
  library('hooks/node_modules/fake', '1.0.0')
  const stub = 'const Module = require("module"); const load = Module._load; Module._load = function (name) { return name === "stubbed" ? "stub" : load.apply(this, arguments) }'
  const prototype = 'const before = require("module").prototype.load; require("module").prototype.load = function () { console.log("seen"); return before.apply(this, arguments) }'
  const extension = 'require("module")._extensions[".js"] = (old => (module, file) => { if (!file.endsWith("thing.js")) return old(module, file)\n' +
    'module._compile("exports.Thing = class { work () {} }; exports.compiled = true", file) })(require("module")._extensions[".js"])'
  for (const hook of [stub, prototype, extension]) {
    const early = write(`hooks/early${++count}.js`, hook)
    for (const code of [`${hook}\n${USE}`, USE]) {
      const node = code === USE ? ['--require', early] : []
      const { spans, stdout, status } = run('hooks', `${code}; if (${hook === stub}) require('assert').equal(require('stubbed'), 'stub')
        if (${hook === extension}) require('assert').equal(require('fake/lib/thing.js').compiled, true)`, { node })
      assert.deepEqual([spans, status], ['one', 0])
      assert.equal(stdout.includes('seen'), hook === prototype)
    }
  }
})

test('the hook looks like what it replaces, and a require that fails fails as before, but for one line of its stack', () => {
  const { stdout } = run('look', 'const { load } = require("module").prototype; console.log(load.length, JSON.stringify(load.name), Object.keys(require("module").prototype).join())')
  const bare = spawnSync(process.execPath, [join(root, `look/app${count}.js`)], { encoding: 'utf8' }).stdout.trim()
  assert.equal(stdout, bare)

  const failing = { 'throws.js': 'throw new Error("on loading")', 'syntax.js': 'const = 1', 'missing.js': 'require("not-there")', 'data.json': '{', 'odd.js': 'throw null' }
  for (const [name, text] of Object.entries(failing)) {
    write(`failing/${name}`, text)
    const app = write('failing/app.js', `require('./${name}')`)
    const [without, withUs] = [[], ['--require', PRELOAD]].map(node => spawnSync(process.execPath, [...node, app], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } }))
    assert.equal(withUs.status, without.status, name)
    const lines = (stderr: string): string[] => stderr.split('\n').filter(line => !line.includes(`- ${PRELOAD}`))
    const extra = lines(withUs.stderr).filter(line => !line.startsWith('    at '))
    assert.deepEqual(extra, lines(without.stderr).filter(line => !line.startsWith('    at ')), name)
    const frames = (stderr: string): string[] => lines(stderr).filter(line => line.startsWith('    at '))
    const ours = frames(withUs.stderr).filter(line => line.includes(ROOT))
    assert.ok(ours.length <= 2, withUs.stderr)
  }
})
