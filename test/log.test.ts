import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('nothing is said twice, however much was said before', () => {
  const { stderr } = spawnSync(process.execPath, ['-e', `
    const { say } = require(${JSON.stringify(require.resolve('../src/log'))})
    for (let i = 0; i < 2000; i++) say('warn', 'line ' + i)
    for (let i = 0; i < 3; i++) say('warn', 'again')`], { encoding: 'utf8' })
  assert.deepEqual(stderr.split('\n').slice(1999), ['autospan: line 1999', 'autospan: again', ''])
})
