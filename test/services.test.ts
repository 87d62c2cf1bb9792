import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { listens, packaged, unprivileged, usable } from './services'

const folder = mkdtempSync(join(tmpdir(), 'autospan-services-'))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Run a script that has SERVICES, with an empty folder for temporary files; `signal` is sent once it prints its variables.
 * Answers how it ended, and what of its servers and files is left when it has had a moment.
 */
async function run (script: string, signal?: NodeJS.Signals): Promise<{ code: number | null, signal: string | null, files: string[], servers: string[] }> {
  const temporary = mkdtempSync(join(folder, 'run-'))
  chmodSync(temporary, 0o777)   // Postgres is a user of its own where we are root
  const env = { ...process.env, TMPDIR: temporary, AUTOSPAN_TEST_POSTGRES: undefined, AUTOSPAN_TEST_REDIS: undefined }
  const child = spawn(process.execPath, ['-e', `const { SERVICES } = require(${JSON.stringify(join(__dirname, 'services.js'))});(async () => {${script}})()`],
    { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 })
  let printed = ''
  child.stdout.on('data', text => {
    printed += text
    if (signal !== undefined) child.kill(signal)
  })
  const [code, ended] = await new Promise<[number | null, string | null]>(resolve => child.on('close', (code, signal) => resolve([code, signal])))
  const ports = printed === '' ? [] : JSON.parse(printed) as number[]
  const left = async (): Promise<string[]> => {
    const open = await Promise.all(ports.map(async port => await listens(port) ? String(port) : ''))
    return open.filter(port => port !== '')
  }
  for (const until = Date.now() + 10_000; Date.now() < until && (readdirSync(temporary).length > 0 || (await left()).length > 0);) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return { code, signal: ended, files: readdirSync(temporary), servers: await left() }
}

test('a program that had a Postgres ends with its own exit code', async () => {
  assert.deepEqual(await run('const { stop } = await SERVICES.postgres(); await stop(); process.exitCode = 3'), { code: 3, signal: null, files: [], servers: [] })
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`the servers of a program that ${signal} ends are gone, and their files`, async () => {
    const script = `const { postgres, redis } = SERVICES; const ports = [(await redis()).env.REDIS_PORT, (await postgres()).env.PGPORT]
      process.stdout.write(JSON.stringify(ports.map(Number)))`
    assert.deepEqual(await run(script, signal), { code: null, signal, files: [], servers: [] })
  })
}

test('a signal while Postgres is being made leaves nothing of it', async () => {
  assert.deepEqual(await run('process.stdout.write("[]"); await SERVICES.postgres()', 'SIGTERM'), { code: null, signal: 'SIGTERM', files: [], servers: [] })
})

test('Postgres runs where its files can not be entered by others, and where npm made no links', () => {
  const repository = mkdtempSync(join(folder, 'repository-'))
  const elsewhere = mkdtempSync(join(folder, 'elsewhere-'))
  chmodSync(elsewhere, 0o755)
  cpSync(packaged(), repository, { recursive: true, filter: file => !lstatSync(file).isSymbolicLink() && basename(file) !== 'share' })
  chmodSync(repository, 0o700)
  const native = usable(repository, elsewhere, unprivileged())
  const { stdout } = spawnSync(join(native, 'bin/initdb'), ['--version'], { ...unprivileged(), encoding: 'utf8' })
  assert.match(stdout, /^initdb \(PostgreSQL\) \d/)
})
