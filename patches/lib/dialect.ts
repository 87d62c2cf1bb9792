/** What is told of a text in SQL. */
export interface Sql {
  /** Its operations and their targets, in order, as written: `INSERT shipping_details SELECT orders` (semconv database 1.44); at most 255 characters. */
  summary: string
  /** The text without its literals (`?` in their place, one for a list after IN) and without its comments. */
  scrubbed: string
  /** How many statements it holds. */
  statements: number
}

/** How a database reads a text, as far as literals, names and comments go. */
export interface Dialect {
  /** In every string, a backslash takes the meaning of the character behind it. */
  backslash: boolean
  /** What "..." is; `either`: a name where only a name can stand, else a string. */
  doubled: 'name' | 'string' | 'either'
  /** [...] is a name. */
  brackets: boolean
  /** `...` is a name. */
  ticks: boolean
  /** Comments hold comments. */
  nested: boolean
  /** A comment begins with # or with --, which white space has to follow; what is in one that begins with /*! is run. */
  mysql: boolean
  /** E'...' knows backslashes, $$...$$ and $tag$...$tag$ are strings, $1 is a parameter (and no amount of money). */
  postgresql: boolean
  /** What was read of late. */
  memory: Memory
}
/** Two generations: what was asked for since the last turn is never thrown away. */
interface Memory { young: Map<string, Sql>, old: Map<string, Sql> }
const memory = (): Memory => ({ young: new Map(), old: new Map() })

// PostgreSQL's backslash is that of its default, standard_conforming_strings = on; MySQL's that of its default, without NO_BACKSLASH_ESCAPES and ANSI_QUOTES.
export const POSTGRESQL: Dialect = { backslash: false, doubled: 'name', brackets: false, ticks: false, nested: true, mysql: false, postgresql: true, memory: memory() }
export const MYSQL: Dialect = { backslash: true, doubled: 'string', brackets: false, ticks: true, nested: false, mysql: true, postgresql: false, memory: memory() }
/** It takes a name in double quotes that it does not know for a string. */
export const SQLITE: Dialect = { backslash: false, doubled: 'either', brackets: true, ticks: true, nested: false, mysql: false, postgresql: false, memory: memory() }
export const MSSQL: Dialect = { backslash: false, doubled: 'name', brackets: true, ticks: false, nested: true, mysql: false, postgresql: false, memory: memory() }

// Nobody reads on behind this many characters.
export const READ = 8192
