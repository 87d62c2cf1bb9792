import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run, type Run } from './helper'

const FIELDS = ['trace_id', 'span_id', 'trace_flags']

/**
 * A test that runs an application which prints records, as lines of JSON on stdout: the same once outside of a trace and twice in a request.
 * `picture` has a line for each, as it is in the request: its message, and `linked` if it tells the server's span; else what it has of the fields.
 */
export function records (name: string, app: string, picture: string, message: (record: any) => string, options: Run = {}, fields = FIELDS): void {
  const expected = picture.trim().split('\n')
  const told = (record: any, values: string[]): string => {
    const own = [...new Set([...FIELDS, ...fields])].filter(field => field in record)
    const isLinked = fields.every((field, i) => record[field] === values[i]) && own.every(field => fields.includes(field))
    return `${message(record)}  ${isLinked ? 'linked' : own.map(field => `${field}=${String(record[field])}`).join(' ')}`.trim()
  }
  test(name, async () => {
    const { code, stdout, stderr, spans } = await run(app, options)
    assert.equal(code, 0, stderr)
    const lines = stdout.split('\n').filter(line => line !== '')
    for (const line of lines) assert.equal(keys(line).length, new Set(keys(line)).size, `a key is there twice: ${line}`)
    const server = spans.find(({ kind }) => kind === 'server')!
    const seen = lines.map(line => told(JSON.parse(line), [server.traceId, server.spanId, '01']))
    const outside = expected.map(line => line.replace('  linked', ''))
    assert.deepEqual(seen, [...outside, ...expected, ...expected])
  })
}

/** The keys of a JSON object, as often as they are in its text. */
function keys (line: string): string[] {
  const found: string[] = []
  let depth = 0
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (/[{[]/.test(token[0])) depth++
    else if (/[}\]]/.test(token[0])) depth--
    else if (depth === 1 && token.endsWith(':')) found.push(token)
  }
  return found
}
