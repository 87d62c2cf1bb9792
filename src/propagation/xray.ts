import { FIELDS } from './fields'
import { idOf, one, type Propagator } from './propagator'

const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i

/** AWS X-Ray: `X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`; other fields (Self, Lineage) are not ours. */
export const xray = (): Propagator => ({
  fields: FIELDS.xray,
  inject ({ trace, id }, carrier, set) {
    set(carrier, 'x-amzn-trace-id', `Root=1-${trace.id.slice(0, 8)}-${trace.id.slice(8)};Parent=${id};Sampled=${trace.sampled ? 1 : 0}`)
  },
  extract (headers) {
    let root: RegExpExecArray | null = null
    let parent: string | undefined
    let sampled: boolean | undefined
    for (const field of one(headers['x-amzn-trace-id'])?.split(';') ?? []) {
      const at = field.indexOf('=')
      const name = field.slice(0, at).trim()
      const value = field.slice(at + 1).trim()
      if (name === 'Root') root = ROOT.exec(value)
      else if (name === 'Parent') parent = value
      // '?' asks the receiver to decide.
      else if (name === 'Sampled') sampled = value === '1' ? true : value === '0' ? false : undefined
    }
    const traceId = root === null ? undefined : idOf(root[1] + root[2], 32)
    const spanId = parent?.length === 16 ? idOf(parent, 16) : undefined
    return traceId === undefined || spanId === undefined ? undefined
      : { traceId, spanId, sampled, random: false, state: undefined, baggage: undefined }
  }
})
