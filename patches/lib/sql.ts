import { POSTGRESQL, READ, type Sql } from './dialect'

// A team runs the same few hundred texts again and again.
const GENERATION = 500

/** What a text says: remembered, or read by what the first text loads. */
export function sqlOf (text: string, dialect = POSTGRESQL): Sql {
  const { memory } = dialect
  let sql = memory.young.get(text)
  if (sql !== undefined) return sql
  sql = memory.old.get(text) ?? (require('./scrub') as typeof import('./scrub')).readSql(text, dialect)
  if (text.length > READ) return sql
  if (memory.young.size === GENERATION) { memory.old = memory.young; memory.young = new Map() }
  memory.young.set(text, sql)
  return sql
}

/** A text that came with parameters: it is told as it is (semconv database 1.44), up to a length. */
export const parameterized = (text: string): string => text.length > READ ? text.slice(0, READ) : text
