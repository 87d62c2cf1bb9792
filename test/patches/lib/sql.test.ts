import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MSSQL, MYSQL, POSTGRESQL, SQLITE, type Dialect } from '../../../patches/lib/dialect'
import { readSql } from '../../../patches/lib/scrub'
import { parameterized, sqlOf } from '../../../patches/lib/sql'
import { dice } from '../../dice'
import { growsBy } from '../../growth'

// The first ones are the examples of OpenTelemetry's conventions (database spans 1.44).
const SUMMARIES: Array<[text: string, summary: string]> = [
  ["SELECT *\nFROM   wuser_table\nWHERE  username = 'x'", 'SELECT wuser_table'],
  ['INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = 7', 'INSERT shipping_details SELECT orders'],
  ['SELECT * FROM songs, artists WHERE songs.artist_id == artists.id', 'SELECT songs artists'],
  ['SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)', 'SELECT SELECT orders customers'],
  ['SELECT * FROM "song list", "a ""b""" AS x', 'SELECT "song list" "a ""b"""'],
  ['select id from Users', 'select Users'],
  ['SELECT * FROM shop."Order", public . users u', 'SELECT shop."Order" public.users'],
  ['SELECT 1', 'SELECT'],
  ['SELECT now()', 'SELECT'],
  ['SELECT * FROM generate_series(1, 3)', 'SELECT generate_series'],
  ['SELECT * FROM a LEFT JOIN b USING (id) CROSS JOIN LATERAL (SELECT 1 FROM c) d, e', 'SELECT a b SELECT c e'],
  ['SELECT * FROM (a JOIN b ON a.x = b.x), (VALUES (1, 2)) v', 'SELECT a b'],
  ['SELECT x FROM a WHERE y IN (SELECT y FROM b) AND EXISTS (SELECT 1 FROM c)', 'SELECT a SELECT b SELECT c'],
  ['SELECT extract(epoch FROM t), substring(a FROM 1 FOR 2) FROM s WHERE a IS DISTINCT FROM b ORDER BY c, d', 'SELECT s'],
  ['SELECT a FROM x UNION ALL (SELECT b FROM y) LIMIT 5', 'SELECT x SELECT y'],
  ['SELECT a FROM x FOR UPDATE OF x', 'SELECT x'],
  ['SELECT t.update, t.from FROM t', 'SELECT t'],
  ['WITH a AS (SELECT id FROM t1), b (x) AS MATERIALIZED (DELETE FROM t2 RETURNING *) SELECT * FROM a JOIN b USING (id), t3', 'SELECT t1 DELETE t2 SELECT t3'],
  ['WITH RECURSIVE "Tree" AS (SELECT 1 FROM n UNION SELECT 2 FROM "Tree") UPDATE n SET x = 1 FROM "Tree"', 'SELECT n SELECT UPDATE n'],
  ['INSERT INTO t WITH a AS (SELECT 1 FROM s) SELECT * FROM a', 'INSERT t SELECT s SELECT'],
  ['INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *', 'INSERT t'],
  ['UPDATE ONLY accounts SET a = b, c = d FROM other o, third WHERE o.id = 1', 'UPDATE accounts other third'],
  ['DELETE FROM films USING producers, studios WHERE true', 'DELETE films producers studios'],
  ['MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)', 'MERGE t s'],
  ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name)', 'CREATE INDEX i'],
  ['create table if not exists s.users (id int references x on delete cascade on update cascade)', 'create table s.users'],
  ['CREATE OR REPLACE VIEW v AS SELECT * FROM t', 'CREATE VIEW v SELECT t'],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY v', 'REFRESH MATERIALIZED VIEW v'],
  ['CREATE TRIGGER g AFTER INSERT OR UPDATE ON t EXECUTE FUNCTION f()', 'CREATE TRIGGER g'],
  ['ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int', 'ALTER TABLE users'],
  ['DROP TABLE IF EXISTS a, b', 'DROP TABLE a b'],
  ['TRUNCATE TABLE a, b', 'TRUNCATE a b'],
  ['COPY t (a, b) FROM STDIN', 'COPY t'],
  ['COPY (SELECT * FROM t) TO STDOUT', 'COPY SELECT t'],
  ['CALL refresh_all(1)', 'CALL refresh_all'],
  ['DECLARE c CURSOR FOR SELECT * FROM t', 'DECLARE SELECT t'],
  ['EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM t', 'EXPLAIN SELECT t'],
  ['GRANT SELECT, INSERT ON t TO someone', 'GRANT'],
  ['SET search_path TO x', 'SET'],
  ["NOTIFY channel, 'payload'", 'NOTIFY'],
  ['BOGUS', 'BOGUS'],
  ['/* of /* the */ orders page */ -- really\n SELECT 1 FROM t', 'SELECT t'],
  ['BEGIN; UPDATE accounts SET n = 1; COMMIT;', 'BATCH BEGIN UPDATE accounts COMMIT'],
  ['INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)', 'BATCH INSERT t'],
  ['', ''],
  [' ; ', ''],
  ["'SELECT'", '']
]
for (const [text, summary] of SUMMARIES) test(`summary: ${text.slice(0, 80)}`, () => assert.equal(readSql(text).summary, summary))

const SCRUBBED: Array<[text: string, scrubbed: string]> = [
  ["SELECT 'it''s', E'it\\'s', e'\\\\', U&'d\\0061t', N'n', B'01', x'1F'", 'SELECT ?, ?, ?, ?, ?, ?, ?'],
  ["SELECT 'C:\\', 1", 'SELECT ?, ?'],
  ["SELECT $$it's$$, $a$ $$ $b$ $a$, $1, $22", 'SELECT ?, ?, $1, $22'],
  ['SELECT 1, -1.5, .5, 1., 1e10, 1.5E-3, 0xFF, 0b11, 1_000', 'SELECT ?, -?, ?, ?, ?, ?, ?, ?, ?'],
  ['SELECT t1.c2, a$1, "3", "q""4" FROM t1', 'SELECT t1.c2, a$1, "3", "q""4" FROM t1'],
  ["SELECT true, FALSE, NULL, date '2020-01-01', interval'1 day', 'a'::text", 'SELECT ?, ?, NULL, date ?, interval?, ?::text'],
  ["SELECT 1 FROM t WHERE a IN (1, 2, -3) AND b in('x') AND c IN ( $1, 2 )", 'SELECT ? FROM t WHERE a IN (?) AND b IN (?) AND c IN ( $1, ? )'],
  ["SELECT 1 /* user 'bob' */ FROM t -- for 42", 'SELECT ?   FROM t'],
  ['SELECT a->>0, b @> c, d ? e, f[1:2] FROM t', 'SELECT a->>?, b @> c, d ? e, f[?:?] FROM t'],
  ["SELECT 'never closed FROM t", 'SELECT ?'],
  ["SELECT id FROM t WHERE name = 'O'Reilly' AND x = 'y'", 'SELECT id FROM t WHERE name = ?'],
  ["INSERT INTO t VALUES (1, 'a', 'O'Reilly FROM secrets', 'b')", 'INSERT INTO t VALUES (?, ?'],
  ['SELECT $x$ never closed', 'SELECT ?'],
  ['SELECT 1 /* never closed', 'SELECT ?'],
  ['SELECT größe FROM "tëst" WHERE größe = 5', 'SELECT größe FROM "tëst" WHERE größe = ?']
]
for (const [text, scrubbed] of SCRUBBED) test(`scrubbed: ${text.slice(0, 80)}`, () => assert.equal(readSql(text).scrubbed, scrubbed))

// E'...' goes on in a string on a later line, and so does its backslash.
for (const [text, scrubbed] of [
  ["SELECT E'a'\n'b\\'c', 'd'", 'SELECT ?\n?, ?'],
  ["SELECT E'a' -- x\n  'b\\'c', 'd'", 'SELECT ?    ?, ?'],
  ["SELECT E'a', '\\', 'd'", 'SELECT ?, ?, ?'],
  ["SELECT 'a'\n'\\', 'd'", 'SELECT ?\n?, ?']
]) test(`scrubbed: ${text}`, () => assert.equal(readSql(text).scrubbed, scrubbed))

const IN_DIALECTS: Array<[dialect: Dialect, text: string, scrubbed: string, summary?: string]> = [
  [MYSQL, "SELECT 'it\\'s', \"it\\\"s\", \"a\"\"b\", 'a''b', N'x', _utf8'x', x'1F', 0x1F, b'01', 1e3 FROM `a``'b`", 'SELECT ?, ?, ?, ?, ?, _utf8?, ?, ?, ?, ? FROM `a``\'b`', "SELECT `a``'b`"],
  [MYSQL, 'SELECT 1 # it\'s\nFROM t -- it\'s\nWHERE a = 5--3 AND b = \'x\'', 'SELECT ?  FROM t  WHERE a = ?--? AND b = ?', 'SELECT t'],
  [MYSQL, "SELECT /*!40001 SQL_NO_CACHE 'a*/b', */ /*M! 'c' */ 1 /* /* it's */ FROM t", 'SELECT /*!? SQL_NO_CACHE ?, */ /*M! ? */ ?   FROM t', 'SELECT t'],
  [MYSQL, 'SELECT * FROM "users" WHERE "name" = "bob"', 'SELECT * FROM ? WHERE ? = ?', 'SELECT'],
  [MYSQL, 'SELECT $1, $$a$$', 'SELECT $?, $$a$$'],
  [MYSQL, "INSERT INTO `shop`.`orders` (`a`) VALUES ('C:\\\\'), ('x')", 'INSERT INTO `shop`.`orders` (`a`) VALUES (?), (?)', 'INSERT `shop`.`orders`'],
  [SQLITE, 'SELECT "id" FROM "a""b" WHERE [c d] = "bob" AND `e` = \'C:\\\' -- x', 'SELECT ? FROM "a""b" WHERE [c d] = ? AND `e` = ?', 'SELECT "a""b"'],
  [SQLITE, "SELECT e'\\', 'x' /* /* */ FROM t", 'SELECT e?, ?   FROM t'],
  [SQLITE, 'SELECT * FROM [a b], `c` WHERE x = :x', 'SELECT * FROM [a b], `c` WHERE x = :x', 'SELECT [a b] `c`'],
  [MSSQL, "SELECT N'it''s', [a]]'b], \"c\", $12.50, 0x1F, @p FROM [dbo].[a b] /* /* it's */ 'x' */ WHERE d = 'C:\\'", 'SELECT ?, [a]]\'b], "c", $?, ?, @p FROM [dbo].[a b]   WHERE d = ?', 'SELECT [dbo].[a b]'],
  [MSSQL, "SELECT 1 FROM #temp WHERE a = 'x'", 'SELECT ? FROM #temp WHERE a = ?'],
  [POSTGRESQL, 'SELECT a[1], b->>\'c\' FROM t WHERE d = ANY(ARRAY[1, 2]) AND e = \'{1,2}\'', 'SELECT a[?], b->>? FROM t WHERE d = ANY(ARRAY[?, ?]) AND e = ?']
]
for (const [dialect, text, scrubbed, summary] of IN_DIALECTS) {
  test(`scrubbed, in its dialect: ${text}`, () => {
    const told = readSql(text, dialect)
    assert.equal(told.scrubbed, scrubbed)
    if (summary !== undefined) assert.equal(told.summary, summary)
    assert.deepEqual(sqlOf(text, dialect), told)
  })
}

test('a text with parameters stays as it is, up to a length', () => {
  assert.equal(parameterized("SELECT 'a' WHERE b = $1"), "SELECT 'a' WHERE b = $1")
  assert.equal(parameterized('x'.repeat(100_000)).length, 8192)
})

test('statements are counted', () => {
  assert.equal(readSql('SELECT 1').statements, 1)
  assert.equal(readSql("SELECT ';'; SELECT 2;;").statements, 2)
})

test('a summary has at most 255 characters and is cut between two names', () => {
  const names = Array.from({ length: 60 }, (_, i) => `"table ${i}"`)
  const { summary } = readSql(`SELECT * FROM ${names.join(', ')}`)
  assert.ok(summary.length <= 255 && summary.length > 240)
  assert.ok(`SELECT ${names.join(' ')}`.startsWith(`${summary} "`))
  const batch = readSql(`BEGIN; ${names.map(name => `DELETE FROM ${name}`).join('; ')}`).summary
  assert.ok(batch.length <= 255 && batch.startsWith('BATCH BEGIN DELETE "table 0"'))
})

test('what is remembered is what was read', () => {
  for (let i = 0; i < 3000; i++) for (const text of [`SELECT ${i} FROM t${i}`, 'SELECT 1 FROM hot']) assert.deepEqual(sqlOf(text), readSql(text))
})

// What every dialect has, and then its own. A piece of `secret` is a literal or a comment that holds what is sought.
const PLAIN = ['SELECT', 'FROM', 'users', 'WHERE', 'IN', '(', ')', ',', ';', '=', '-', 'WITH a AS', 'INSERT INTO', '-- c\n', '/* c */', 'UPDATE', 'JOIN', 'CREATE TABLE', 'VALUES', 'ON', 'a.b', '\n', '*']
const SECRET = ["'zq'", "'z''zq'", "''", "N'zq'", '987654', '0x987654', '98.7654e-3', "X'987654'", '-- zq\n', '-- it\'s zq\n', '/* zq */', '/* \'zq */', '.987', '1_987']
const LEXICONS: Array<[name: string, dialect: Dialect, plain: string[], secret: string[]]> = [
  ['postgresql', POSTGRESQL, ['"Q t"', '$1', '::', 'a$b', '"it\'s"', 'a[', ']', '?'],
    ["E'\\'zq',", "e'zq\\\\',", "E'\\'zq'\n'\\'zq',", "U&'zq'", '$$zq\'"$$', '$t$zq $$ -- $t$', '/* zq /* zq */ zq */', "'\\',", "'zq\\',", '--zq\n']],
  ['mysql', MYSQL, ['`Q "t`', '@a', '`it\'s`', '/*!50001', '*/', '--1', '$a'],
    ["'\\'zq'", '"zq\\""', '"\\"zq"', "'zq\\\\'", '"it\'s zq"', "'zq\"'", '# zq\n', "# it's\n", '--\tzq\n', '/* zq /* zq */', "_utf8'zq'", "/*!50001 'zq*/' */"]],
  ['sqlite', SQLITE, ['`Q t`', '[Q \'t]', ':a', '@a', '$a'], ['= "zq"', '= "it\'s zq"', "'\\'", "'zq\\'", '/* zq /* zq */', "x'987'"]],
  ['mssql', MSSQL, ['"Q \'t"', '[Q \'t]]]', '@a', '#t'], ["'\\'", "'zq\\'", '$987.65', '/* zq /* \'zq */ zq */']]
]
const ROUNDS = Number(process.env.AUTOSPAN_TEST_FUZZ ?? 25_000)
for (const [name, dialect, plain, secret] of LEXICONS) {
  test(`${name}: no literal comes out, whatever stands around it`, () => {
    const roll = dice(1)
    const words = [...PLAIN, ...plain]
    const secrets = [...SECRET, ...secret]
    for (let round = 0; round < ROUNDS; round++) {
      const text = Array.from({ length: 1 + roll(12) }, () => roll(2) === 0 ? words[roll(words.length)] : secrets[roll(secrets.length)]).join(' ')
      const { summary, scrubbed } = readSql(text, dialect)
      assert.doesNotMatch(summary + scrubbed, /zq|987|654/, text)
      assert.equal(readSql(text.slice(0, roll(text.length)), dialect).scrubbed.includes('zq'), false, text)
    }
  })
}

test('no text is too strange, and no quote is left outside of a name', () => {
  const roll = dice(2)
  const letters = '\'\'""$$-/*\\;(),.eEuU&xXnab01 \n#`[]!'
  const NAMES = new Map([[POSTGRESQL, /"(?:[^"]|"")*(?:"|$)/g], [MYSQL, /["`][^]*/g], [SQLITE, /["`[][^]*/g], [MSSQL, /["[][^]*/g]])
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const text = Array.from({ length: roll(40) }, () => letters[roll(letters.length)]).join('')
    for (const [dialect, names] of NAMES) {
      const { summary, scrubbed } = readSql(text, dialect)
      assert.doesNotMatch(scrubbed.replace(names, ''), /'/, text)
      assert.ok(summary.length <= 255)
    }
  }
})

test('a megabyte of anything is read in no time: nobody reads on behind 8,192 characters, and as far as that the time is linear', () => {
  const hostile = ["'", "''", '"', '$a', '$a$', '$a$b', '/*', '/**/', '--', '(', ')', 'IN (', 'IN (1,', 'IN (1 ', 'a.', 'FROM a, ', 'SELECT ', 'WITH a ', ';', "E'\\", "E'' ", "E''\n", "E''\n''", "('abc', 1), ", '1e-', 'IN  ', '`', '[', '/*!', '#', '-- ']
  for (const [, dialect] of LEXICONS) {
    for (const piece of hostile) {
      readSql(`SELECT ${piece.repeat(1_000_000 / piece.length)}`, dialect)
      // Twenty times the text: a quadratic one would take 400 times as long.
      assert.ok(growsBy(100, piece, 400, 8000, text => { for (let i = 0; i < 3; i++) readSql(`SELECT ${text}`, dialect) }), piece)
    }
  }
})
