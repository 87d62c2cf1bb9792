import { messageOf, say } from '../log'
import { now, setTimeout } from '../trace/clock'
import type { Span } from '../trace/span'
import type { Exporter, Tally } from './exporter'
import { outcome } from './outcome'
import { arranged } from './tree'

/** A span as a line tells of it. It holds nothing of the span itself. */
export interface Row {
  id: string
  parent: string
  startedAt: number
  endedAt: number
  name: string
  kind: string
  /** What is most telling about it. */
  details: string
  /** What went wrong; undefined if nothing did. */
  error: string | undefined
}
export interface Look {
  color: boolean
  /** Characters of a line, at most. */
  columns: number
}

/** Milliseconds after which a trace is shown whose first span has not ended. */
const PATIENCE = 5000

/** Shows traces on stdout, each as a tree, when its first span in this process has ended. What ends later is shown later. */
export function consoleExporter (service: string, noColor: boolean, tally: Tally, write = onStdout): Exporter {
  const traces = new Map<string, { rows: Row[], since: number, ended: boolean }>()
  const shown = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  function show (due: (trace: { since: number, ended: boolean }) => boolean): void {
    for (const [id, trace] of traces) {
      if (!due(trace)) continue
      traces.delete(id)
      const isLate = shown.has(id)
      if (shown.size >= 1000) shown.clear()
      shown.add(id)
      // In our timer nobody else catches it. Some millions of lines are more than a string can hold.
      try {
        write(look => `${paint(look, FAINT, `${id}  ${service}${isLate ? '  (more of it)' : ''}`)}\n${tree(trace.rows, look)}\n`, noColor)
        tally.exported += trace.rows.length
      } catch (error) {
        tally.dropped.failed += trace.rows.length
        say('warn', `the exporter 'console' failed: ${messageOf(error)}`)
      }
    }
    if (timer === undefined && traces.size > 0) {
      timer = setTimeout(() => {
        timer = undefined
        const since = now() - PATIENCE
        show(trace => trace.since <= since)
      }, PATIENCE).unref()
    }
  }
  const showAll = (): void => show(() => true)

  return {
    export (spans) {
      const rows = spans.map(row)
      spans.forEach((span, i) => {
        let trace = traces.get(span.trace.id)
        if (trace === undefined) traces.set(span.trace.id, trace = { rows: [], since: now(), ended: shown.has(span.trace.id) })
        trace.rows.push(rows[i])
        if (span.isEntry) trace.ended = true
      })
      show(trace => trace.ended)
    },
    get busy () { return traces.size > 0 },
    async idle () { showAll() },
    abandon: showAll,
    last () { showAll(); return [] }
  }
}

/** A reader who goes away (`| head`) is no reason for the application to fail. */
function onStdout (text: (look: Look) => string, noColor: boolean): void {
  const { stdout } = process
  const isTerminal = stdout.isTTY === true
  const lines = text({ color: isTerminal && !noColor, columns: isTerminal ? stdout.columns : 200 })
  // One listener, however many trees wait to be written: ten of them would make Node warn of a leak.
  if (writes++ === 0) stdout.on('error', hush)
  stdout.write(lines, () => { setImmediate(() => { if (--writes === 0) stdout.off('error', hush) }).unref() })
}
let writes = 0
const hush = (): void => {}

export function row (span: Span): Row {
  const end = outcome(span)
  const { id, parent, startedAt, endedAt, name, kind } = span
  const attributes = span.attributes as Record<string, unknown>
  const type = end?.type ?? attributes['error.type']
  return {
    id, parent, startedAt, endedAt, kind,
    name: oneLine(name),
    details: details(attributes, type),
    error: end === undefined || end.ok ? undefined : oneLine([type, end.message].filter(text => text !== undefined).join(': '))
  }
}

/** Attributes that stand for themselves, in this order. */
const TELLING = ['http.response.status_code', 'url.full', 'url.path', 'db.query.text', 'messaging.destination.name', 'rpc.method']
/** What OpenTelemetry's conventions name is either above, in the span's name, or of little use on one line. */
const CONVENTIONAL = /^(http|url|db|messaging|rpc|server|client|network|user_agent|error|autospan)\./
const LONGEST = 80

function details (attributes: Record<string, unknown>, failure: unknown): string {
  const found: string[] = []
  for (const key of TELLING) {
    const value = attributes[key]
    if (value !== undefined && value !== null && String(value) !== failure) found.push(short(value))
  }
  for (const key of Object.keys(attributes)) {
    if (!CONVENTIONAL.test(key) && attributes[key] != null && found.length < 6) found.push(`${oneLine(key)}=${short(attributes[key])}`)
  }
  return found.join('  ')
}
function short (value: unknown): string {
  const text = oneLine(String(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
/** Nothing that a terminal would obey. */
const oneLine = (text: string): string => text.replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ')

const RED = 31
const FAINT = 2
const paint = ({ color }: Look, code: number, text: string): string => color ? `\x1b[${code}m${text}\x1b[0m` : text

/**
 * Rows as a tree: duration, name (beneath its parent, by two spaces), kind, and what there is to say. One that failed is red, or says so.
 *
 *     12.5 ms  GET /users/:id    server  200  /users/7
 *      3.1 ms    SELECT users    client  SELECT * FROM users WHERE id = $1
 */
export function tree (rows: Row[], look: Look): string {
  const lines = arranged(rows).map(({ node: row, depth }) => ({ row, name: '  '.repeat(depth) + row.name }))
  const width = Math.min(lines.reduce((longest, { name }) => Math.max(longest, name.length), 0), 60)
  return lines.map(({ row, name }) => {
    const failed = row.error === undefined ? '' : `ERROR ${row.error}  `
    const line = `${duration(row.endedAt - row.startedAt).padStart(8)}  ${name.padEnd(width)}  ${row.kind.padEnd(8)}  ${failed}${row.details}`.trimEnd()
    const cut = line.length > look.columns ? `${line.slice(0, look.columns - 1)}…` : line
    return `${row.error === undefined ? cut : paint(look, RED, cut)}\n`
  }).join('')
}

const duration = (millis: number): string =>
  millis >= 1000 ? `${(millis / 1000).toFixed(2)} s` : `${millis.toFixed(millis >= 100 ? 0 : millis >= 1 ? 1 : 2)} ms`
