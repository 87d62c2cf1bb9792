import { POSTGRESQL, READ, type Sql } from './dialect'

const IN_LIST = /\bIN\s*\(\s*[-+]?\?(?:\s*,\s*[-+]?\?)*\s*(?:\)|$)/gi

/**
 * What a text says, found in one pass whose time is linear in its length. What is cut off in the middle of a literal is a literal.
 * In a text whose quotes do not match (O'Reilly) nobody knows what is one: it is told up to the first.
 */
export function readSql (whole: string, dialect = POSTGRESQL): Sql {
  const text = whole.length > READ ? whole.slice(0, READ) : whole
  let first = -1
  const { backslash, doubled, brackets, ticks, nested, mysql, postgresql } = dialect
  const summary = new Summary()
  let scrubbed = ''
  let kept = 0
  let at = 0
  // E'a' and, on a later line, 'b' are one string, in which a backslash goes on to mean what it meant. Where the last such string ended, if nothing came since.
  let escaped = -1
  const replace = (start: number, by: string): void => {
    scrubbed += text.slice(kept, start) + by
    kept = at
  }
  while (at < text.length) {
    const start = at
    const c = text.charCodeAt(at++)
    if (c <= SPACE) continue
    const next = text.charCodeAt(at)
    if ((c === DASH && next === DASH && (!mysql || !(text.charCodeAt(at + 1) > SPACE))) || (c === HASH && mysql)) {
      at = endAfter(text, '\n', at)
      replace(start, ' ')
      continue
    }
    if (c === SLASH && next === STAR && !(mysql && RUN.test(text.slice(at + 1, at + 3)))) {
      at = nested ? endOfComment(text, at + 1) : endAfter(text, '*/', at + 1)
      replace(start, ' ')
      continue
    }
    const goesOn = escaped >= 0 && c === QUOTE && /[\n\r]/.test(text.slice(escaped, start))
    escaped = -1
    let literal = false
    if (isWord(c)) {
      at = endOfWord(text, at)
      const prefix = text.charCodeAt(at) === QUOTE && at === start + 1 ? c | LOWER : 0
      if ((prefix === E && postgresql) || prefix === B || prefix === N || prefix === X) {
        at = endOfString(text, at + 1, QUOTE, backslash || prefix === E)
        if (prefix === E) escaped = at
        literal = true
      } else if (at === start + 1 && (c | LOWER) === U && text.startsWith("&'", at)) { at = endOfString(text, at + 2, QUOTE, backslash); literal = true }
      else {
        const word = text.slice(start, at)
        const is = at - start > LONGEST_WORD ? 0 : WORDS.get(word.toUpperCase()) ?? 0
        if (is === BOOLEAN) literal = true
        else summary.word(word, is)
      }
    } else if (isDigit(c) || (c === DOT && isDigit(next))) { at = endOfNumber(text, at); literal = true }
    else if (c === QUOTE) {
      at = endOfString(text, at, QUOTE, backslash || goesOn)
      if (goesOn) escaped = at
      literal = true
    } else if (c === DOUBLE) {
      literal = doubled === 'string' || (doubled === 'either' && !summary.expectsName)
      at = endOfString(text, at, DOUBLE, literal && backslash)
      if (!literal) summary.name(text.slice(start, at))
    } else if ((c === TICK && ticks) || (c === BRACKET && brackets)) { at = endOfString(text, at, c === TICK ? TICK : UNBRACKET, false); summary.name(text.slice(start, at)) }
    else if (c === DOLLAR) {
      if (!postgresql) summary.symbol(c)
      else if (isDigit(next)) { at = endOfWord(text, at); summary.symbol(c) }
      else {
        const end = endOfWord(text, at, false)
        if (text.charCodeAt(end) !== DOLLAR) summary.symbol(c)
        else { at = endAfter(text, text.slice(start, end + 1), end + 1); literal = true }
      }
    } else summary.symbol(c)
    if (literal) {
      if (first < 0 && !isDigit(c) && c !== DOT) first = start
      if (at > text.length && text === whole) {
        const known = readSql(text.slice(0, first), dialect)
        return { ...known, scrubbed: `${known.scrubbed.trimEnd()} ?` }
      }
      summary.literal()
      replace(start, '?')
    }
  }
  scrubbed = kept === 0 ? text : (scrubbed + text.slice(kept)).replace(IN_LIST, 'IN (?)').trim()
  return { ...summary.end(), scrubbed }
}

const [SPACE, QUOTE, DOUBLE, DOLLAR, DOT, DASH, SLASH, STAR, BACKSLASH, UNDERSCORE] = [...' \'"$.-/*\\_'].map(c => c.charCodeAt(0))
const [OPENING, CLOSING, COMMA, SEMICOLON, HASH, TICK, BRACKET, UNBRACKET] = [...'(),;#`[]'].map(c => c.charCodeAt(0))
const [B, E, N, U, X] = [...'benux'].map(c => c.charCodeAt(0))
const LOWER = 0x20
// MySQL's, and MariaDB's own.
const RUN = /^(!|M!)/
const isDigit = (c: number): boolean => c >= 48 && c <= 57
const isWord = (c: number): boolean => { const l = c | LOWER; return (l >= 97 && l <= 122) || c === UNDERSCORE || c > 127 }

function endOfWord (text: string, at: number, dollars = true): number {
  for (let c = text.charCodeAt(at); isWord(c) || isDigit(c) || (dollars && c === DOLLAR); c = text.charCodeAt(at)) at++
  return at
}
/** 1, 1.5, 1e-5, 0x1f, 1_000. */
function endOfNumber (text: string, at: number): number {
  for (;;) {
    const c = text.charCodeAt(at)
    const before = text.charCodeAt(at - 1) | LOWER
    if (!isWord(c) && !isDigit(c) && c !== DOT && !(before === E && (c === DASH || c === 43))) return at
    at++
  }
}
/** Behind the quote that closes; a doubled one does not. Behind the end of the text if none does. */
function endOfString (text: string, at: number, quote: number, escapes: boolean): number {
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (escapes && c === BACKSLASH) at++
    else if (c === quote && text.charCodeAt(++at) !== quote) return at
  }
  return text.length + 1
}
/** Behind a comment that may hold others. */
function endOfComment (text: string, at: number): number {
  for (let depth = 1; at < text.length; at++) {
    const c = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    if (c === SLASH && next === STAR) { depth++; at++ }
    else if (c === STAR && next === SLASH) { at++; if (--depth === 0) return at + 1 }
  }
  return text.length
}
function endAfter (text: string, closing: string, at: number): number {
  const found = text.indexOf(closing, at)
  return found < 0 ? text.length : found + closing.length
}

// What a word is to the summary; it can be several things.
/** A command that is told of wherever it stands in a statement ... */
const OPERATION = 1
/** ... but not behind these: FOR UPDATE, ON CONFLICT DO UPDATE, ON DELETE CASCADE, WHEN MATCHED THEN DELETE, AFTER INSERT OR UPDATE. */
const UNDOES = 1 << 1
/** A command whose target follows at once. */
const TARGETED = 1 << 2
/** A command on what has a kind and a name: CREATE UNIQUE INDEX name. */
const NAMING = 1 << 3
const KIND = 1 << 4
/** A command that holds others. */
const HOLDING = 1 << 5
/** It ends the list of a FROM. */
const CLAUSE = 1 << 6
/** It stands where a target is expected, and is none. */
const FILLER = 1 << 7
/** A command that has a list of targets without a FROM. */
const LISTED = 1 << 8
/** A command that may have a WITH in its middle. */
const LEADING = 1 << 9
/** A command that has targets behind USING. */
const JOINING = 1 << 10
const SELECT = 1 << 11
const FROM = 1 << 12
const JOIN = 1 << 13
const INTO = 1 << 14
const USING = 1 << 15
const WITH = 1 << 16
const AS = 1 << 17
const DISTINCT = 1 << 18
const MATERIALIZED = 1 << 19
const BOOLEAN = 1 << 20
const OPEN = 1 << 21
const QUALIFIED = 1 << 22

const WORDS = new Map<string, number>()
const LONGEST_WORD = 12
for (const [is, list] of [
  [OPERATION, 'SELECT INSERT UPDATE DELETE MERGE'],
  [UNDOES, 'FOR KEY ON DO THEN OR AFTER BEFORE OF'],
  [TARGETED, 'UPDATE TRUNCATE TABLE CALL EXECUTE COPY LOCK VACUUM ANALYZE'],
  [NAMING, 'CREATE ALTER DROP REFRESH'],
  [KIND, 'TABLE INDEX VIEW MATERIALIZED SCHEMA DATABASE SEQUENCE TYPE FUNCTION PROCEDURE TRIGGER EXTENSION ROLE USER POLICY DOMAIN AGGREGATE RULE PUBLICATION SUBSCRIPTION SERVER TABLESPACE'],
  [HOLDING, 'EXPLAIN PREPARE DECLARE VALUES'],
  [CLAUSE, 'WHERE SET VALUES GROUP ORDER HAVING LIMIT OFFSET FETCH WINDOW UNION INTERSECT EXCEPT RETURNING FOR'],
  [FILLER, 'ONLY LATERAL TABLE IF NOT EXISTS CONCURRENTLY ON FULL VERBOSE FREEZE ANALYZE'],
  [LISTED, 'TRUNCATE DROP LOCK'], [LEADING, 'INSERT EXPLAIN'], [JOINING, 'DELETE MERGE'],
  [SELECT, 'SELECT'], [FROM, 'FROM'], [JOIN, 'JOIN'], [INTO, 'INTO'], [USING, 'USING'], [WITH, 'WITH'], [AS, 'AS'], [DISTINCT, 'DISTINCT'],
  [MATERIALIZED, 'MATERIALIZED'], [BOOLEAN, 'TRUE FALSE']
] as const) for (const word of list.split(' ')) WORDS.set(word, (WORDS.get(word) ?? 0) | is)

// What is known of the parentheses we are in: an operation stands here (EXTRACT(day FROM t) has none); a list of a FROM; names of a WITH.
const QUERY = 1
const LIST = 2
const NAMES = 4

const LONGEST = 255

/** Collects operations and targets while the tokens of a text go by. */
class Summary {
  private tokens: string[] = []
  private length = 0
  /** The statement being read, the first one and the number of its tokens, and whether all so far were as the first. */
  private current = ''
  private first = ''
  private firstTokens = 0
  private same = true
  private statements = 0

  /** The command that we are in, and the token before. */
  private command = 0
  private before = 0
  private starts = true
  private over = false
  private expects = false
  private naming = false
  private target = ''
  private here = 0
  private outer: number[] = []
  private named: Set<string> | undefined = undefined

  /** `is` says what it is, as WORDS has it. */
  word (word: string, is: number): void {
    const { before } = this
    this.before = is
    if (before === QUALIFIED) { this.qualify(word); return }
    this.settle()
    if (this.starts) this.begin(word, is)
    else if (this.over) return
    else if ((is & OPERATION) !== 0 && ((is & SELECT) !== 0 || (before & UNDOES) === 0)) this.operate(word, is)
    else if (this.naming && (is & KIND) !== 0) { this.add(word); this.naming = (is & MATERIALIZED) !== 0; this.expects = !this.naming }
    else if (is === FROM) { if ((this.here & QUERY) !== 0 && before !== DISTINCT) this.list() }
    else if (is === JOIN) this.expects = (this.here & LIST) !== 0
    else if (is === INTO) this.expects = (this.here & QUERY) !== 0
    else if (is === USING) { if ((this.command & JOINING) !== 0) this.list() }
    else if (is === WITH) { if (before === OPEN || before === AS || (this.command & LEADING) !== 0) this.here |= NAMES }
    else if ((is & CLAUSE) !== 0) { this.here &= ~LIST; this.expects = false }
    else if (this.expects) { if ((is & FILLER) === 0) this.aim(word) }
    else if ((this.here & NAMES) !== 0) this.call(word)
  }

  /** Whether only a name can stand here. */
  get expectsName (): boolean { return this.expects || this.before === QUALIFIED }

  /** A name in quotes. */
  name (name: string): void {
    const { before } = this
    this.before = 0
    if (before === QUALIFIED) { this.qualify(name); return }
    this.settle()
    if (this.expects) this.aim(name)
    else if ((this.here & NAMES) !== 0) this.call(name)
  }

  literal (): void {
    this.before = 0
    this.settle()
    this.expects = false
  }

  symbol (c: number): void {
    this.before = 0
    if (c === DOT) { this.before = QUALIFIED; this.qualify('.'); return }
    this.settle()
    if (c === OPENING) { this.before = OPEN; this.outer.push(this.here); this.here = this.expects ? LIST : 0 }
    else if (c === CLOSING) { this.here = this.outer.pop() ?? 0; this.expects = false }
    else if (c === COMMA) this.expects = (this.here & LIST) !== 0
    else if (c === SEMICOLON) this.close()
    else this.expects = false
  }

  /** `SELECT users`; `BATCH INSERT users` for several of one kind, `BATCH BEGIN UPDATE accounts COMMIT` for others. Cut between two tokens. */
  end (): { summary: string, statements: number } {
    this.close()
    const { tokens, statements } = this
    let summary = statements > 1 ? 'BATCH' : ''
    const told = this.same ? this.firstTokens : tokens.length
    for (let i = 0; i < told && summary.length + 1 + tokens[i].length <= LONGEST; i++) summary += summary === '' ? tokens[i] : ` ${tokens[i]}`
    return { summary, statements }
  }

  private begin (word: string, is: number): void {
    this.starts = false
    if (is === WITH) this.here |= NAMES
    else if ((is & OPERATION) !== 0) this.operate(word, is)
    else {
      this.command = is
      this.add(word)
      this.naming = (is & NAMING) !== 0
      this.expects = (is & TARGETED) !== 0
      this.over = (is & (NAMING | TARGETED | HOLDING)) === 0
      if ((is & LISTED) !== 0) this.here |= LIST
    }
  }

  private operate (word: string, is: number): void {
    this.command = is
    this.add(word)
    this.here = QUERY
    this.naming = false
    this.expects = (is & TARGETED) !== 0
  }

  private list (): void { this.expects = true; this.here |= LIST }
  private aim (target: string): void { this.target = target; this.expects = false }
  private qualify (more: string): void { if (this.target !== '') this.target += more }
  private call (name: string): void { (this.named ??= new Set()).add(folded(name)) }

  /** The target is whole. What a WITH named is none. */
  private settle (): void {
    if (this.target === '') return
    if (this.named === undefined || !this.named.has(folded(this.target))) this.add(this.target)
    this.target = ''
  }

  private add (token: string): void {
    if (this.current.length <= LONGEST) this.current += ` ${token}`
    if (this.length <= LONGEST) this.tokens.push(token)
    this.length += 1 + token.length
  }

  private close (): void {
    this.settle()
    if (this.current !== '') {
      if (this.statements++ === 0) { this.first = this.current; this.firstTokens = this.tokens.length }
      else this.same &&= this.current === this.first
    }
    this.current = ''
    this.starts = true
    this.over = this.expects = this.naming = false
    this.here = this.outer.length = 0
    this.named = undefined
  }
}
/** PostgreSQL takes Users for users, but "Users" for itself. */
const folded = (name: string): string => /^["`[]/.test(name) ? name : name.toLowerCase()
