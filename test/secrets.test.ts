import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from './helper'

test('nothing that is secret leaves the process, by no exporter', async () => {
  const file = join(tmpdir(), `autospan-secrets-${process.pid}`)
  const { code, stdout, stderr, spans } = await run('secrets.js', {
    needs: ['postgres', 'redis'],
    env: { OTEL_TRACES_EXPORTER: 'otlp,console,file,log', AUTOSPAN_FILE: `${file}.jsonl`, AUTOSPAN_LOG_FILE: `${file}.log` }
  })
  assert.equal(code, 0, stderr)
  // What the application itself was told is whole.
  for (const words of ['type integer: "zq-literal"', 'beginning with: \'zq-argument\'']) assert.ok(stderr.includes(words), stderr)
  const told = JSON.stringify(spans, (_, value) => typeof value === 'bigint' ? String(value) : value)
  for (const text of [told, stdout, readFileSync(`${file}.jsonl`, 'utf8'), readFileSync(`${file}.log`, 'utf8')]) {
    assert.ok(text.includes('SELECT'))
    assert.doesNotMatch(text, /.{0,200}zq.{0,100}/)
  }
  for (const name of [`${file}.jsonl`, `${file}.log`]) rmSync(name)
  // And it is still of use.
  for (const words of [
    'invalid input syntax for type integer: \\"?\\"', 'relation \\"missing\\" does not exist', 'users_pkey', 'ERR unknown command \'?\'', 'page=2', 'access_token=REDACTED',
    '/next;jsessionid=REDACTED', 'SET key ?', 'INSERT INTO users VALUES (?, ?, ?)', 'SELECT $1::text'
  ]) assert.ok(told.toLowerCase().includes(words.toLowerCase()), words)
})

test('AUTOSPAN_REDACT: what it matches is nowhere; a wrong one is one line, and none', async () => {
  const { code, stderr, spans } = await run('pg.js', { needs: ['postgres'], env: { AUTOSPAN_REDACT: '/USERS|"bogus"|42601/i' } })
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  const told = JSON.stringify(spans, (_, value) => typeof value === 'bigint' ? String(value) : value)
  assert.doesNotMatch(told, /.{0,100}(users|42601).{0,50}/i)
  assert.ok(spans.some(({ name, attributes }) => name === 'INSERT REDACTED' && attributes['db.query.text'] === 'INSERT INTO REDACTED VALUES ($1, $2)'))
  for (const wrong of ['(zq', '(zq)*']) {
    const { stderr, spans } = await run('pg.js', { needs: ['postgres'], env: { AUTOSPAN_REDACT: wrong } })
    assert.equal(stderr, 'autospan: AUTOSPAN_REDACT is ignored: it takes a regular expression that does not match an empty text; nothing is used\n')
    assert.ok(spans.some(({ name }) => name === 'INSERT users'))
  }
})
