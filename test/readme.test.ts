import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { README, ROOT, variables, withTables } from './readme'

const readme = readFileSync(README, 'utf8')
const { scripts, exports: entries, bin = {} } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const said = (pattern: RegExp): string[] => [...new Set([...readme.matchAll(pattern)].map(match => match[1]))]

test('the tables are those that `npm run readme` writes', () => {
  assert.equal(readme, withTables(readme))
})

test('every variable exists', () => {
  const known = new Set(variables().flatMap(({ name, also = [] }) => [name, ...also]))
  assert.deepEqual(said(/\b((?:OTEL|AUTOSPAN)_[A-Z][A-Z_]*[A-Z])\b/g).filter(name => !known.has(name)), [])
})

test('every npm script exists', () => {
  assert.deepEqual(said(/\bnpm (?:run )?(test|(?<=run )[\w:-]+)/g).filter(name => !(name in scripts)), [])
})

test('every file and every entry of the package exists', () => {
  assert.deepEqual(said(/(?<![\w/.@-])\.?\/?((?:examples|bench|test|src|patches|\.ci)\/[\w./-]*\w|register\.js)/g).filter(path => !existsSync(join(ROOT, path))), [])
  assert.deepEqual(said(/\bautospan(\/[a-z]+)\b/g).filter(entry => !(`.${entry}` in entries)), [])
  assert.deepEqual(said(/\bnpx autospan (\w+)/g).filter(() => !('autospan' in bin)), [])
})
