import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSql } from '../../patches/lib/scrub'
import { dice } from '../dice'
import { SERVICES } from '../services'
const { Client } = require('pg')

// Postgres itself says where its literals end: a brace stands nowhere else in a statement that it takes, but for comments and quoted names.
const PIECES = ["'", "'", "''", "E'", "e'", "U&'", "b'01'", "x'1F'", "N'", '$$', '$a$', '$b$', '\\', "\\'", '\\\\', '{zq}', '{zq}', '{zq}', ', ', ', ', ' || ', ' ', '\n', '--', '-- {zq}\n', '/*', '*/', '/* {zq} */', '1', '0x1f', '1.5e3', ';', 'NULL', '(', ')', "'{zq}'", "'it''s {zq}'", "E'\\'{zq}'", '$a${zq}\'$a$', 'AS "a b"', '::text', 'ARRAY[', ']']

test('what Postgres takes for a literal is one', async () => {
  const { env, stop } = await SERVICES.postgres()
  const client = new Client({ host: env.PGHOST, port: Number(env.PGPORT), user: env.PGUSER, password: env.PGPASSWORD, database: env.PGDATABASE })
  try {
    await client.connect()
    const roll = dice(4)
    let taken = 0
    for (let i = 0; i < 4_000; i++) {
      const text = `SELECT ${Array.from({ length: 1 + roll(5) }, () => PIECES[roll(PIECES.length)]).join('')}`
      try { await client.query(text) } catch { continue }
      if (!text.includes('zq')) continue
      taken++
      const { summary, scrubbed } = readSql(text)
      assert.doesNotMatch(summary + scrubbed, /zq/, text)
    }
    assert.ok(taken > 200, `only ${taken} were taken`)
  } finally {
    await client.end()
    await stop()
  }
})
