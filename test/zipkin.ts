import type { Seen } from './collector'

/** Spans of Zipkin's API v2, which are JSON. */
export const fromZipkin = (spans: any[]): Seen[] => spans.map((span): Seen => {
  const { error, 'otel.status_code': code, 'otel.scope.name': scope = '', 'otel.scope.version': scopeVersion, 'otel.library.name': _, 'otel.library.version': __, ...attributes } = span.tags ?? {}
  return {
    traceId: span.traceId.padStart(32, '0'),
    spanId: span.id,
    parentSpanId: span.parentId ?? '',
    name: span.name ?? '',
    kind: span.kind?.toLowerCase() ?? 'internal',
    startedAt: BigInt(span.timestamp ?? 0) * 1000n,
    endedAt: BigInt((span.timestamp ?? 0) + (span.duration ?? 0)) * 1000n,
    attributes,
    status: { code: error !== undefined ? 2 : code === 'OK' ? 1 : 0, message: error === '' ? undefined : error },
    events: (span.annotations ?? []).map(({ timestamp, value }: any) => ({ name: value, at: BigInt(timestamp) * 1000n, attributes: {} })),
    links: [],
    dropped: { attributes: 0, events: 0, links: 0 },
    scope,
    scopeVersion,
    resource: { 'service.name': span.localEndpoint?.serviceName },
    flags: span.debug === true ? 3 : 1,
    traceState: undefined
  }
})

// What API v1 tells of a span's kind by the annotation of its beginning.
const KINDS: Record<string, string> = { cs: 'CLIENT', sr: 'SERVER', ms: 'PRODUCER', mr: 'CONSUMER' }
const CORE = ['cs', 'cr', 'sr', 'ss', 'ms', 'mr']

/** Spans of API v1 in JSON, as API v2 would tell them. */
const upgraded = (spans: any[]): any[] => spans.map(({ annotations = [], binaryAnnotations = [], ...span }) => {
  const first = annotations.find(({ value }: any) => value in KINDS)
  return {
    ...span,
    kind: KINDS[first?.value],
    timestamp: span.timestamp ?? first?.timestamp,
    localEndpoint: (first ?? annotations[0] ?? binaryAnnotations[0])?.endpoint,
    annotations: annotations.filter(({ value }: any) => !CORE.includes(value)),
    tags: Object.fromEntries(binaryAnnotations.filter(({ key }: any) => key !== 'sa' && key !== 'ca').map(({ key, value }: any) => [key, String(value)]))
  }
})
export const fromZipkinV1 = (spans: any[]): Seen[] => fromZipkin(upgraded(spans))
