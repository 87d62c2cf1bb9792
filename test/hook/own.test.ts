import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, REGISTER, ROOT, run, traces, type Run } from '../helper'

const OWN = join(ROOT, 'test/apps/own')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'autospan-own-')))
after(() => { rmSync(folder, { recursive: true, force: true }) })
function file (name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
const tracing = (trace: string, options: Run = {}): Run => ({ cwd: folder, ...options, env: { AUTOSPAN_TRACE: trace } })

const LIB = './lib/mail.js#*; ./lib/stock.js#take,default; ./lib/whole.js#whole,part; '
const SERVICES = './services/*.js#OrderService.place,price,open; ./services/*.js#InvoiceService.place,InvoiceService.price'
const REQUIRED = `${LIB}${SERVICES}`
const IMPORTED = `./lib/price.mjs#price,change,Tariff.rate,of,table.find,rounded,default; ${REQUIRED}`
const MAIL = `
send  internal
letters  internal
bounce  internal  ERROR NO_BOX
take  internal
`
const REST = `whole  internal
part  internal
OrderService.open  internal
OrderService.place  internal
  OrderService.price  internal
InvoiceService.place  internal
  InvoiceService.price  internal`
traces('CommonJS: functions, generators, methods of classes; getters that cannot be changed', join(OWN, 'app.cjs'), `${MAIL}main  internal\n${REST}`, tracing(REQUIRED, { cwd: OWN }))
traces('ES modules, with CommonJS among them: functions, methods, objects, the default, a circle', join(OWN, 'app.mjs'), `
price  internal
  rounded  internal
change  internal
Tariff.of  internal
Tariff.rate  internal
table.find  internal
default  internal${MAIL}${REST}`, tracing(IMPORTED, { cwd: OWN }))

for (const [app, trace] of [['app.cjs', REQUIRED], ['app.mjs', IMPORTED]] as const) {
  test(`${app}: what it prints is the same, with all of it traced and without`, async () => {
    const [traced, plain] = await Promise.all([run(join(OWN, app), tracing(trace, { cwd: OWN })), run(join(OWN, app), { cwd: OWN, node: [] })])
    assert.deepEqual([traced.code, traced.stdout, traced.stderr], [0, plain.stdout, ''])
  })
}

traces('a star is all that is exported and is a function, the whole among it', join(OWN, 'app.cjs'), `
send  internal
letters  internal
bounce  internal  ERROR NO_BOX
take  internal
main  internal
whole  internal
part  internal`, tracing('./lib/*.js#*', { cwd: OWN }))

for (const target of ['*.mjs#*', 'db.mjs#connect,pool,$ready,tries,url,default,kept']) {
  test(`ES modules: what a module sets anew stays what it is at any time, whoever hands it on: ${target}`, async () => {
    file('live/db.mjs', `
      export let pool
      let ready = false, url, tries = 0
      export { ready as $ready, tries, later as default }
      export { url }
      let later
      export const kept = 'kept'
      export const connect = async (tries = 3) => { pool = { query: () => 42 }; ready = true; url ??= 'db'; count(); [later] = [() => 'late']; later = later }
      function count () { tries++ }`)
    file('live/barrel.mjs', 'import { pool } from "./db.mjs"\nexport { pool }\nexport { $ready, default as later, connect, tries, url, kept } from "./db.mjs"')
    const app = file('live/app.mjs', `
      import later, { pool, connect, $ready } from './db.mjs'
      import * as barrel from './barrel.mjs'
      await connect()
      console.log(pool.query(), $ready, later(), barrel.pool.query(), barrel.$ready, barrel.later(), barrel.tries, barrel.url, barrel.kept)`)
    const { stdout, spans } = await run(app, tracing(`${folder}/live/${target}`))
    assert.equal(stdout, '42 true late 42 true late 1 db kept\n')
    assert.deepEqual(spans.map(({ name }) => name), ['connect'])
  })
}

test('a span says where its function stands', async () => {
  const { spans } = await run(join(OWN, 'app.mjs'), tracing('./lib/price.mjs#Tariff.rate', { cwd: OWN }))
  assert.deepEqual(spans.map(({ attributes }) => attributes), [{ 'code.function.name': 'Tariff.rate', 'code.file.path': join(OWN, 'lib/price.mjs') }])
})

for (const type of ['module', 'commonjs']) {
  test(`TypeScript by tsx, as ${type}`, async () => {
    file(`${type}/package.json`, JSON.stringify({ type }))
    file(`${type}/order.ts`, `
      interface Order { id: number }
      export class OrderService { constructor (private readonly by: number) {} async place (order: Order): Promise<number> { await null; return order.id * this.by } }
      export const price = (order: Order): number => order.id
      export async function send<T> (to: T): Promise<T> { return to }
      export default class Main { run (): string { return 'run' } }
      export type { Order }`)
    const app = file(`${type}/app.ts`, `
      import Main, { OrderService, price, send, type Order } from './order.js'
      const order: Order = { id: 3 }
      new OrderService(2).place(order).then(async n => console.log(n, price(order), await send('x'), new Main().run()))`)
    const { stdout, stderr, spans } = await run(app, tracing(`${folder}/${type}/order.ts#*, OrderService.place, Main.run`, { cwd: ROOT, node: ['--require', REGISTER, '--import', 'tsx'] }))
    assert.deepEqual([stdout, stderr], ['6 3 x run\n', ''])
    assert.deepEqual(spans.map(({ name }) => name).sort(), ['Main.run', 'OrderService.place', 'price', 'send'])
  })
}

test('packages: their main file, by whatever condition; a file of theirs; an entry; one that is linked', async () => {
  const pkg = (path: string, description: object, files: Record<string, string>): void => {
    file(`${path}/package.json`, JSON.stringify({ version: '1.0.0', ...description }))
    for (const [name, text] of Object.entries(files)) file(`${path}/${name}`, text)
  }
  pkg('node_modules/plain', { name: 'plain' }, { 'index.js': 'exports.fn = () => 1', 'lib/inner.js': 'exports.inner = () => 2' })
  pkg('node_modules/@scope/both', { name: '@scope/both', exports: { '.': { import: './esm/main.mjs', require: './cjs/main.js' }, './more': './cjs/more.js' } },
    { 'esm/main.mjs': 'export { fn } from "./fn.mjs"\nexport * from "./star.mjs"', 'esm/fn.mjs': 'export const fn = () => 3', 'esm/star.mjs': 'export const star = () => 4', 'cjs/main.js': 'exports.fn = () => 5', 'cjs/more.js': 'exports.more = () => 6' })
  pkg('packages/linked', { name: 'linked', main: 'dist' }, { 'dist/index.js': 'module.exports = class Linked { run () { return 7 } }' })
  symlinkSync(join(folder, 'packages/linked'), join(folder, 'node_modules/linked'))
  const app = file('packages.mjs', `
    import { createRequire } from 'node:module'
    import { fn as plain } from 'plain'
    import { inner } from 'plain/lib/inner.js'
    import { fn, star } from '@scope/both'
    import { more } from '@scope/both/more'
    import Linked from 'linked'
    console.log(plain(), inner(), fn(), star(), createRequire(import.meta.url)('@scope/both').fn(), more(), new Linked().run())`)
  const { stdout, stderr, spans } = await run(app, tracing('plain#fn; plain/lib/*.js#inner; @scope/both#fn; @scope/both#star; @scope/both/more#more; linked#Linked.run'))
  assert.equal(stdout, '1 2 3 4 5 6 7\n')
  assert.equal(drawn(spans).replaceAll('  internal', ''), 'fn\ninner\nfn\nstar\nfn\nmore\nLinked.run')
  assert.equal(stderr, '')
})

test('what is not there is said once, with what is', async () => {
  file('lib/mail.js', 'exports.send = () => {}; exports.Box = class Box { put () {} static open () {} }; exports.boxes = { find () {} }; exports.size = 3; Object.defineProperty(exports, "lazy", { enumerable: true, get () { throw new Error("looked at") } })')
  file('lib/esm.mjs', 'export const send = () => {}\nexport class Box { put () {} }')
  const app = file('said.mjs', 'import "./lib/mail.js"; import * as esm from "./lib/esm.mjs"; console.log(Object.keys(esm).join())')
  const said = async (trace: string): Promise<string> => {
    const { code, stdout, stderr } = await run(app, tracing(trace))
    assert.deepEqual([code, stdout], [0, 'Box,send\n'])
    return stderr
  }
  assert.equal(await said('./lib/mail.js#sned,Box,size,Box.take'), 'autospan: AUTOSPAN_TRACE: ./lib/mail.js has no sned, Box, size, Box.take; it exports send, Box.put, Box.open, boxes.find, lazy\n')
  assert.equal(await said('./lib/esm.mjs#sned,Box.put'), 'autospan: AUTOSPAN_TRACE: ./lib/esm.mjs has no sned; it exports Box.put, send\n')
  assert.equal(await said('./lib/*#sned,send'), 'autospan: AUTOSPAN_TRACE: ./lib/* has no sned; it exports send, Box.put, Box.open, boxes.find, lazy\n')
  assert.equal(await said('./lib/mial.js#send; no-package#send'), 'autospan: AUTOSPAN_TRACE: nothing was loaded that is ./lib/mial.js\nautospan: AUTOSPAN_TRACE: nothing was loaded that is no-package\n')
  assert.match(await said('./lib/mail.js#send; ./lib/mail.js; #send'), /^autospan: AUTOSPAN_TRACE: \.\/lib\/mail\.js, #send is ignored: it takes modules and what to trace of them, as in .*\n$/)
})

test('the process has no listener of ours, wherever its spans go', async () => {
  const app = file('listeners.js', 'console.log(process.eventNames(), process.eventNames().map(event => process.rawListeners(event).length))')
  const { stdout: plain } = await run(app, { node: [] })
  for (const exporter of ['otlp', 'none']) {
    const { stdout, stderr } = await run(app, { cwd: folder, env: { AUTOSPAN_TRACE: 'no-package#send', OTEL_TRACES_EXPORTER: exporter } })
    assert.deepEqual([stdout, stderr], [plain, 'autospan: AUTOSPAN_TRACE: nothing was loaded that is no-package\n'])
  }
})

test('what cannot be changed, and what does not like to be looked at, is as it was', async () => {
  file('odd/frozen.js', 'module.exports = Object.freeze({ fn: () => 1, other: 2 })')
  file('odd/proxy.js', 'module.exports = new Proxy({}, { get () { throw new Error("no") }, has () { throw new Error("no") }, getOwnPropertyDescriptor () { throw new Error("no") }, ownKeys () { throw new Error("no") } })')
  file('odd/nothing.js', 'module.exports = undefined')
  file('odd/text.js', 'module.exports = "fn"')
  file('odd/throws.js', 'throw new Error("thrown")')
  file('odd/instance.js', 'class Shop { fn () { return this.n } constructor () { this.n = 2 } }; module.exports = new Shop()')
  file('odd/main.mjs', 'export default { fn () { return 3 } }')
  const app = file('odd.mjs', `
    import { createRequire } from 'node:module'
    import main from './odd/main.mjs'
    const require = createRequire(import.meta.url)
    const failed = fn => { try { return fn() } catch (error) { return error.message } }
    const frozen = require('./odd/frozen.js')
    console.log(frozen.fn(), frozen.other, Object.keys(frozen).join(), typeof require('./odd/proxy.js'), require('./odd/nothing.js'), require('./odd/text.js'))
    console.log(failed(() => require('./odd/throws.js')), require('./odd/instance.js').fn(), Object.keys(require('./odd/instance.js')).join(), main.fn())`)
  const plain = await run(app, { node: [] })
  const { code, stdout, spans } = await run(app, tracing('./odd/*#fn,*,Shop.fn,default.fn'))
  assert.deepEqual([code, stdout], [0, plain.stdout])
  assert.deepEqual(spans.map(({ name }) => name), ['fn', 'fn', 'default.fn'])
})

test('where nothing is named, nothing of it is loaded', async () => {
  const { stdout } = await run('', { args: ['-p', 'Object.keys(require.cache).filter(file => /src.(hook.(own|call)|api|testing)/.test(file)).length'] })
  assert.equal(stdout, '0\n')
})
