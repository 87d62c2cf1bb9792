import { active, options } from '../../src/patch'

// A record tells all of its trace or nothing: one that has one of the fields already was linked by the application itself.
// Flags as text, '01' for a trace that is sampled, '00' for another (OpenTelemetry, trace context in log formats).

/** The ids of the active trace, in the order of AUTOSPAN_LOG_FIELDS; undefined outside of a trace. */
function ids (): string[] | undefined {
  const span = active()
  return span === undefined || span.trace.id === '' ? undefined : [span.trace.id, span.id, span.trace.sampled ? '01' : '00']
}

const isLinked = (record: Record<string, unknown>): boolean => options.logFields.some(name => Object.hasOwn(record, name) && record[name] !== undefined)

/** Write the fields into a record that is nobody's but the logger's. */
export function link (record: Record<string, unknown>): void {
  const values = ids()
  if (values === undefined || isLinked(record)) return
  options.logFields.forEach((name, i) => { record[name] = values[i] })
}

/** A copy of a record with the fields; undefined if it is to stay as it is. Symbols, prototype and hidden properties (an error's) are copied, too. */
export function linked<R extends object> (record: R): R | undefined {
  if (ids() === undefined || isLinked(record as Record<string, unknown>)) return undefined
  const copy = Object.create(Object.getPrototypeOf(record), Object.getOwnPropertyDescriptors(record))
  link(copy)
  return copy
}

/** A line that is a JSON object, with the fields at its end; undefined if it is to stay as it is. */
export function lined (line: string): string | undefined {
  const values = ids()
  const end = line.lastIndexOf('}')
  if (values === undefined || end < 1) return undefined
  keys ??= options.logFields.map(name => `${JSON.stringify(name)}:`)
  // A text in a line cannot look like a key, for its quotes are escaped; but the key may be that of an object inside.
  if (keys.some(key => line.includes(key)) && isLinked(JSON.parse(line))) return undefined
  let fields = /\{\s*$/.test(line.slice(0, end)) ? '' : ','
  for (let i = 0; i < keys.length; i++) fields += `${i === 0 ? '' : ','}${keys[i]}"${values[i]}"`
  return line.slice(0, end) + fields + line.slice(end)
}
let keys: string[] | undefined
