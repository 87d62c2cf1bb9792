import { active, options, type Span } from '../../src/patch'

// A record tells all of its trace or nothing: one that has one of the fields already was linked by the application itself.
export type Fields = Record<string, unknown>

/** The active span, if it has ids. */
function here (): Span | undefined {
  const span = active()
  return span === undefined || span.trace.id === '' ? undefined : span
}

/** The values for the names in AUTOSPAN_LOG_FIELDS. Flags as text, '01' for a trace that is sampled, '00' for another (OpenTelemetry, trace context in log formats). */
const value = ({ trace, id }: Span, i: number): string => i === 0 ? trace.id : i === 1 ? id : trace.sampled ? '01' : '00'

function isLinked (record: Fields): boolean {
  for (const name of options.logFields) if (Object.hasOwn(record, name) && record[name] !== undefined) return true
  return false
}

/** The fields, as an object. It is a copy of one that has them already, and so is what is made of it: to add a key by its name costs 0.5 µs. */
function fields (span: Span): Fields {
  const { logFields } = options
  template ??= Object.fromEntries(logFields.map(name => [name, '']))
  const found = { ...template }
  for (let i = 0; i < logFields.length; i++) found[logFields[i]] = value(span, i)
  return found
}
let template: Fields | undefined

/** The fields for a record; undefined if it is to stay as it is. */
export function fieldsFor (record: Fields): Fields | undefined {
  const span = here()
  return span === undefined || isLinked(record) ? undefined : fields(span)
}

let keys: string[] | undefined
/** A line that is a JSON object, with the fields at its end; undefined if it is to stay as it is. */
export function lined (line: string): string | undefined {
  const span = here()
  const end = line.lastIndexOf('}')
  if (span === undefined || end < 1) return undefined
  keys ??= options.logFields.map(name => `${JSON.stringify(name)}:`)
  // A text in a line cannot look like a key, for its quotes are escaped; but the key may be that of an object inside.
  for (const key of keys) if (line.includes(key) && isLinked(JSON.parse(line))) return undefined
  let last = end - 1
  while (SPACE.has(line.charCodeAt(last))) last--
  let added = line[last] === '{' ? '' : ','
  for (let i = 0; i < keys.length; i++) added += `${i === 0 ? '' : ','}${keys[i]}"${value(span, i)}"`
  return line.slice(0, end) + added + line.slice(end)
}
/** JSON: space, tab, line feed, carriage return. */
const SPACE = new Set([32, 9, 10, 13])
