import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before } from 'node:test'
import { APPS, traces } from '../helper'
import { debian } from '../services'

// pg-native is compiled against libpq, which not everybody has: it is no dependency of this project, and is installed here.
const folder = mkdtempSync(join(tmpdir(), 'autospan-pg-native-'))
after(() => rmSync(folder, { recursive: true, force: true }))

before(() => {
  debian('pg_config', 'libpq-dev')
  debian('make', 'make')
  debian('g++', 'g++')
  debian('python3', 'python3')
  const main = require.resolve('pg', { paths: [APPS] })
  const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { pg: version, 'pg-native': '^3' } }))
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'pipe', timeout: 180_000 })
  } catch (error) {
    throw new Error(`pg-native could not be installed: ${String((error as { stderr?: Buffer }).stderr ?? error).trim().split('\n').slice(-3).join(' ')}`)
  }
  cpSync(join(APPS, 'pg-native.js'), join(folder, 'pg-native.js'))
})

traces('pg-native: callbacks, promises, Query objects; each request has its own queries', join(folder, 'pg-native.js'), `
${`GET  server
  SELECT one  client  ERROR 42P01  db.response.status_code=42P01
  SELECT pg_sleep  client
  SELECT  client
  SELECT  client
  SELECT  client  ERROR 42703  db.response.status_code=42703
  BATCH BEGIN COMMIT  client
`.repeat(10)}`, { needs: ['postgres'], show: ['db.response.status_code'] })
