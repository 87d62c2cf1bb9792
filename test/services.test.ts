import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'autospan-services-'))
chmodSync(folder, 0o755)
after(() => rmSync(folder, { recursive: true, force: true }))

/** Run a script that has SERVICES, with an empty folder for temporary files; `signal` is sent once it prints something. */
async function run (script: string, signal?: NodeJS.Signals): Promise<{ code: number | null, signal: string | null, left: string[] }> {
  const temporary = mkdtempSync(join(folder, 'run-'))
  chmodSync(temporary, 0o777)   // Postgres is a user of its own where we are root
  const env = { ...process.env, TMPDIR: temporary, AUTOSPAN_TEST_POSTGRES: undefined, AUTOSPAN_TEST_REDIS: undefined }
  const child = spawn(process.execPath, ['-e', `const { SERVICES } = require(${JSON.stringify(join(__dirname, 'services.js'))});(async () => {${script}})()`],
    { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 })
  child.stdout.on('data', () => { if (signal !== undefined) child.kill(signal) })
  return new Promise(resolve => child.on('close', (code, signal) => resolve({ code, signal, left: readdirSync(temporary) })))
}

test('a program that had a Postgres ends with its own exit code', async () => {
  assert.deepEqual(await run('const { stop } = await SERVICES.postgres(); await stop(); process.exitCode = 3'), { code: 3, signal: null, left: [] })
})

test('a signal ends the services, then the program', async () => {
  assert.deepEqual(await run('const { postgres, redis } = SERVICES; await redis(); await postgres(); console.log("ready")', 'SIGTERM'),
    { code: null, signal: 'SIGTERM', left: [] })
})
