import type { Seen } from './collector'

const ids = (high: bigint, low: bigint): string => id(high) + id(low)
const id = (value: bigint): string => BigInt.asUintN(64, value).toString(16).padStart(16, '0')
const VALUES = ['vStr', 'vDouble', 'vBool', 'vLong', 'vBinary']

/** The tags of a span, log or process. */
export const tagsOf = (tags: any[] = []): Record<string, any> => Object.fromEntries(tags.map(tag => {
  const value = tag[VALUES[tag.vType]]
  if (value === undefined) throw new Error(`${tag.key} lacks the value of its type, ${VALUES[tag.vType]}`)
  return [tag.key, typeof value === 'bigint' ? Number(value) : value]
}))

/** The spans of a `jaeger.Batch`. */
export const fromJaeger = ({ process, spans }: any): Seen[] => spans.map((span: any): Seen => {
  const { 'span.kind': kind = 'internal', 'otel.scope.name': scope, 'otel.scope.version': scopeVersion, 'otel.library.name': _, 'otel.library.version': __, ...tags } = tagsOf(span.tags)
  const { error, 'otel.status_code': code, 'otel.status_description': message, ...attributes } = tags
  if ((error === true) !== (code === 'ERROR')) throw new Error(`error is ${String(error)}, and the status ${code}`)
  const references = (span.references ?? []).map((one: any) => ({ ...one, traceId: ids(one.traceIdHigh, one.traceIdLow), spanId: id(one.spanId) }))
  const [parent, ...others] = references.filter(({ refType }: any) => refType === 0)
  const parentSpanId = span.parentSpanId === 0n ? '' : id(span.parentSpanId)
  // Jaeger's own clients leave the reference to the parent out.
  if (parent !== undefined && (others.length > 0 || parent !== references[0] || parent.spanId !== parentSpanId)) throw new Error('one parent, before all links')
  return {
    traceId: ids(span.traceIdHigh, span.traceIdLow),
    spanId: id(span.spanId),
    parentSpanId,
    name: span.operationName,
    kind,
    startedAt: span.startTime * 1000n,
    endedAt: (span.startTime + span.duration) * 1000n,
    attributes,
    status: { code: code === 'ERROR' ? 2 : code === 'OK' ? 1 : 0, message },
    events: (span.logs ?? []).map(({ timestamp, fields }: any) => {
      const { event, ...attributes } = tagsOf(fields)
      return { name: event, at: timestamp * 1000n, attributes }
    }),
    links: references.filter(({ refType }: any) => refType === 1).map(({ traceId, spanId }: any) => ({ traceId, spanId, traceState: undefined, attributes: {} })),
    dropped: { attributes: 0, events: 0, links: 0 },
    scope,
    scopeVersion,
    resource: { 'service.name': process.serviceName, ...tagsOf(process.tags) },
    flags: span.flags,
    traceState: undefined
  }
})
