import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ROOT, run, type Run } from '../helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-broken-'))
after(() => rmSync(folder, { recursive: true, force: true }))

// autospan with all of its patches, of which every function throws; `of` stays, for without it nothing would be wrapped.
const BROKEN = join(folder, 'broken.js')
writeFileSync(BROKEN, `
  const { patches } = require(${JSON.stringify(join(ROOT, 'dist/patches/index.js'))})
  function breakAll (holder) {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value === 'function' && key !== 'of') holder[key] = () => { throw new Error('broken ' + key) }
      else if (typeof value === 'object') breakAll(value)
    }
  }
  breakAll(patches)
  const { enter } = require(${JSON.stringify(join(ROOT, 'dist/src/gate.js'))})
  enter(__filename, () => require(${JSON.stringify(join(ROOT, 'dist/patches/start.js'))}).begin())`)

// Applications that say what they were answered, and a patch that they cannot do without.
const APPLICATIONS: Array<[string, string, Run?]> = [
  ['http-same.js', 'http'], ['fetch.js', 'fetch'], ['express.js', 'express'], ['fastify.js', 'fastify'], ['koa.js', 'koa'], ['winston.js', 'winston'],
  ['pg.js', 'pg', { needs: ['postgres'] }], ['ioredis.js', 'ioredis', { needs: ['redis'] }], ['redis.js', 'redis', { needs: ['redis'] }]
]
describe('every function of every patch throws: the application does what it does without us', { concurrency: 2 }, () => {
  for (const [app, patch, options] of APPLICATIONS) {
    test(`${app}: ${patch} is switched off after five failures, which is said once`, async () => {
      // Each has data of its own: what one counts up the other reads.
      const [without, withUs] = await Promise.all([[], ['--require', BROKEN]].map((node, i) => run(app, { ...options, node, env: { REDIS_DB: String(6 + i) } })))
      assert.deepEqual([withUs.code, withUs.stdout], [without.code, without.stdout])
      const said = withUs.stderr.split('\n').filter(line => line.startsWith(`autospan: the patch '${patch}' failed 5 times and is switched off`))
      assert.equal(said.length, 1, withUs.stderr)
      assert.match(said[0], /, the application is not affected; the last failure: Error: broken [\w:]+ /)
    })
  }
})
