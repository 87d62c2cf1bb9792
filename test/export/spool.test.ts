import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, mock, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { tally } from '../../src/export/exporter'
import { Spool } from '../../src/export/spool'
import { Transport } from '../../src/export/transport'
import { APPS, REGISTER, ROOT, run } from '../helper'
import { collector, fromProtobuf, type Reply } from '../collector'

const folders: string[] = []
after(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })
const emptied = (): string => { folders.push(mkdtempSync(join(tmpdir(), 'autospan-spool-'))); return folders.at(-1)! }

/** The ids of spans that are in whole files. */
const kept = (folder: string): string[] =>
  readdirSync(folder).filter(name => !name.endsWith('~')).flatMap(name => fromProtobuf(readFileSync(join(folder, name))).map(({ spanId }) => spanId))
/** How many spans the names tell of: what is being sent may be gone before it is read. */
const told = (folder: string): number => readdirSync(folder).filter(name => !name.endsWith('~')).reduce((sum, name) => sum + Number(name.split('.')[1]), 0)
const bytes = (folder: string): number => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
const idsOf = (spans: Array<{ spanId: string }>): string[] => spans.map(({ spanId }) => spanId).sort()
const env = (url: string, folder: string): Record<string, string> =>
  ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, AUTOSPAN_SPOOL: folder, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20', OTEL_BSP_SCHEDULE_DELAY: '50' })
const until = async (is: () => boolean): Promise<void> => { while (!is()) await new Promise(resolve => setTimeout(resolve, 20)) }

for (const how of ['natural', 'exit', 'SIGTERM']) {
  test(`${how}: what a collector did not take is kept, and the next process sends it, once`, async () => {
    let status = 503
    const sink = await collector(() => status)
    const folder = emptied()
    const { stderr } = await run('endings.js', { args: [how, '20'], env: env(sink.url, folder) })
    assert.doesNotMatch(stderr, /lost/)
    const waiting = kept(folder)
    assert.equal(new Set(waiting).size, 40)
    status = 200
    const child = spawn(process.execPath, ['--require', REGISTER, join(APPS, 'endless.js')], { env: { ...process.env, ...env(sink.url, folder) }, stdio: 'ignore' })
    await until(() => readdirSync(folder).length === 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await sink.close()
    const ids = idsOf(sink.spans)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of waiting) assert.ok(ids.includes(id))
  })
}

test('kill -9 while it writes: of what was kept nothing is lost, and nothing comes twice; half a file is no file', async () => {
  let status = 503
  const sink = await collector(() => ({ status, headers: { 'retry-after': '0' } }))
  const folder = emptied()
  for (let times = 0; times < 3; times++) {
    const child = spawn(process.execPath, ['--require', REGISTER, join(APPS, 'endless.js')], { env: { ...process.env, ...env(sink.url, folder) }, stdio: 'ignore' })
    const before = told(folder)
    await until(() => told(folder) > before + 100)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  writeFileSync(join(folder, '1-4194999-1.20.0123456789abcdef~'), 'half')
  const waiting = kept(folder).sort()
  assert.equal(new Set(waiting).size, waiting.length)
  status = 200
  // Three at once share what there is.
  const children = [1, 2, 3].map(() => spawn(process.execPath, ['--require', REGISTER, join(APPS, 'endless.js')], { env: { ...process.env, ...env(sink.url, folder) }, stdio: 'ignore' }))
  await until(() => readdirSync(folder).length === 0)
  for (const child of children) child.kill('SIGKILL')
  await sink.close()
  const arrived = new Map<string, number>()
  for (const { spanId } of sink.spans) arrived.set(spanId, (arrived.get(spanId) ?? 0) + 1)
  assert.deepEqual(waiting.filter(id => arrived.get(id) !== 1), [])
})

test('kill -9 while it sends: nothing of what was kept is lost', async () => {
  let reply: Reply = 503
  const sink = await collector(() => reply)
  const folder = emptied()
  await run('endings.js', { args: ['exit', '50'], env: env(sink.url, folder) })
  const waiting = kept(folder)
  assert.equal(waiting.length, 100)
  const start = (): ReturnType<typeof spawn> => spawn(process.execPath, ['--require', REGISTER, join(APPS, 'endless.js')], { env: { ...process.env, ...env(sink.url, folder) }, stdio: 'ignore' })
  reply = { status: 503, delay: 60_000 }   // it takes the batch, and does not say whether it has it
  const first = start()
  await until(() => readdirSync(folder).some(name => name.includes(`.${first.pid}-`)))
  first.kill('SIGKILL')
  await once(first, 'exit')
  assert.equal(kept(folder).length, 100)
  reply = 200
  const second = start()
  await until(() => readdirSync(folder).length === 0)
  second.kill('SIGKILL')
  await once(second, 'exit')
  await sink.close()
  const ids = new Set(idsOf(sink.spans))
  assert.deepEqual(waiting.filter(id => !ids.has(id)), [])
})

test('the folder is bounded; what there is no room for is lost, and counted', async () => {
  const sink = await collector(() => 503)
  const folder = emptied()
  const { stderr } = await run('endings.js', { args: ['exit', '200'], env: { ...env(sink.url, folder), AUTOSPAN_SPOOL_BYTES: '20000' } })
  await sink.close()
  assert.ok(bytes(folder) <= 20_000 && bytes(folder) > 5_000, `${bytes(folder)} bytes`)
  assert.equal(Number(/lost of 400 spans: (\d+) otlp/.exec(stderr)?.[1]), 400 - kept(folder).length, stderr)
})

test('a folder that cannot be used is told of once, and spans are sent as without', async () => {
  const sink = await collector()
  const file = join(emptied(), 'file')
  writeFileSync(file, '')
  const { stderr } = await run('endings.js', { args: ['exit', '1'], env: env(sink.url, join(file, 'below')) })
  await sink.close()
  assert.deepEqual(stderr.split('\n').filter(line => line.includes('AUTOSPAN_SPOOL')),
    [`autospan: ${join(file, 'below')} cannot be used to keep spans in (ENOTDIR); AUTOSPAN_SPOOL names another folder`])
  // What is on its way when the process ends is sent once more.
  assert.equal(new Set(idsOf(sink.spans)).size, 2)
})

for (const code of ['ENOSPC', 'EROFS']) {
  test(`${code}: what cannot be written is told of once, is not in the folder, and waits in memory as without a spool`, async () => {
    let status = 503
    const sink = await collector(() => status)
    const folder = emptied()
    const counts = tally()
    const to = { url: `${sink.url}/v1/traces`, headers: { 'content-type': 'application/json' }, gzip: false, timeout: 1000, tls: {} }
    const transport = new Transport(to, { queueSize: 10, exportTimeout: 30_000 }, counts, 'a way out', undefined, new Spool(folder, 1e6, 'test'))
    const error = Object.assign(new Error(code), { code })
    const write = code === 'EROFS'
      ? mock.method(fs, 'openSync', () => { throw error })
      : mock.method(fs, 'writeSync', (file: number, ...rest: any[]) => { if (file <= 2) return rest[0].length; throw error })
    try {
      for (let i = 0; i < 3; i++) transport.take(Buffer.from('{"resourceSpans":[]}'), 4)
      await until(() => sink.requests.length > 0 && (transport as unknown as { pause: unknown }).pause !== undefined)
      assert.deepEqual(readdirSync(folder), [])
      assert.equal(counts.dropped.full, 4)
    } finally { write.mock.restore() }
    status = 200
    await until(() => counts.exported === 8)
    await sink.close()
    transport.abandon()
  })
}

test('a collector that comes back gets it from the process that is still there', async () => {
  let status = 503
  const sink = await collector(() => ({ status, headers: { 'retry-after': '0' } }))
  const folder = emptied()
  const counts = tally()
  const to = { url: `${sink.url}/v1/traces`, headers: { 'content-type': 'application/json' }, gzip: false, timeout: 1000, tls: {} }
  const transport = new Transport(to, { queueSize: 10, exportTimeout: 30_000 }, counts, 'a way out', undefined, new Spool(folder, 1e6, 'test'))
  for (let i = 0; i < 50; i++) transport.take(Buffer.from('{"resourceSpans":[]}'), 4)
  await until(() => readdirSync(folder).length === 50)
  assert.equal(transport.busy, false)   // nothing of it is in memory
  status = 200
  await until(() => readdirSync(folder).length === 0)
  await sink.close()
  transport.abandon()
  assert.deepEqual([counts.exported, Object.values(counts.dropped).every(count => count === 0)], [200, true])
})

/** A program for another thread or process, which has the spool of a folder. */
const does = (folder: string, work: string): string =>
  `const spool = new (require(${JSON.stringify(join(ROOT, 'dist/src/export/spool.js'))}).Spool)(${JSON.stringify(folder)}, 1e6, 'test'); ${work}`

test('threads share a folder: what one of them has taken, or is writing, is nobody else\'s; it can be taken when it is given back', async () => {
  const folder = emptied()
  const spool = new Spool(folder, 1e6, 'test')
  for (const body of ['one', 'two']) spool.put(Buffer.from(body), 1)
  const first = spool.take()!
  writeFileSync(join(folder, `1-${process.pid}-1.1.test~`), 'half')
  const worker = new Worker(does(folder, `
    const { parentPort } = require('node:worker_threads')
    const take = () => { const taken = spool.take(); parentPort.postMessage(taken && String(taken.body)) }
    take()
    take()
    parentPort.on('message', take)`), { eval: true })
  const heard: unknown[] = []
  worker.on('message', body => heard.push(body))
  await until(() => heard.length === 2)
  assert.deepEqual([String(first.body), heard], ['one', ['two', undefined]])
  assert.equal(spool.take(), undefined)
  assert.equal(readdirSync(folder).filter(name => name.endsWith('~')).length, 1)
  spool.back(first.file)
  worker.postMessage('again')
  await until(() => heard.length === 3)
  assert.equal(heard[2], 'one')
  await worker.terminate()
})

test('what a process had taken, or was writing, whose number we have now, is ours', { skip: process.platform === 'win32' && 'there is no exec' }, () => {
  const folder = emptied()
  const program = does(folder, 'console.log([1, 2].map(() => spool.take()?.spans).join())')
  const told = execFileSync('sh', ['-c', 'touch 1-$$-1.7.test.$$-1 2-$$-1.8.test.$$ 3-$$-2.1.test~; sleep 0.1; exec "$0" -e "$1"', process.execPath, program], { cwd: folder, encoding: 'utf8' })
  assert.equal(told, '7,8\n')
  assert.equal(readdirSync(folder).some(name => name.endsWith('~')), false)
})
