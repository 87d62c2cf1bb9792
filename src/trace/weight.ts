import type { Described } from './described'
import type { Span } from './span'

/** The memory that an ended span takes, in bytes, about; what it shares with others counts, too. */
export function weight ({ attributes, events, links, error }: Span): number {
  let bytes = SPAN + sizeOf(attributes as Described)
  if (typeof error === 'object') bytes += ERROR + lengthOf(error)
  else if (typeof error === 'string') bytes += error.length
  if (events !== undefined) for (const event of events) bytes += PART + event.name.length + sizeOf(event.attributes)
  if (links !== undefined) for (const link of links) bytes += PART + sizeOf(link.attributes)
  return bytes
}
const SPAN = 800
const ERROR = 2000
const PART = 200

/** Of an error's message. Its stack is made when somebody looks at it, so nobody does. */
function lengthOf (error: unknown): number {
  try { return (error as Error).message.length || 0 } catch { return 0 }
}

function sizeOf (attributes: Described | undefined): number {
  let bytes = 0
  for (const key in attributes) {
    const value = attributes[key]
    if (typeof value === 'string') bytes += value.length
    else if (Array.isArray(value)) bytes += listed(value)
  }
  return bytes
}
function listed (values: unknown[]): number {
  let bytes = 0
  for (const value of values) bytes += 8 + (typeof value === 'string' ? value.length : 0)
  return bytes
}

/** Bytes of memory that so many waiting spans may take, together: most take one or two thousand. */
export const roomFor = (spans: number): number => Math.max(16 << 20, spans * 8192)
