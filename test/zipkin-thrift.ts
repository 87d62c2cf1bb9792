import type { Seen } from './collector'
import { zipkinSpans } from './thrift'
import { fromZipkinV1 } from './zipkin'

const hex = (value: bigint): string => BigInt.asUintN(64, value).toString(16).padStart(16, '0')
const endpoint = (host: any): any => host === undefined ? undefined : { serviceName: host.service_name }

/** Spans of API v1 in Thrift. */
export const fromZipkinThrift = (bytes: Buffer): Seen[] => fromZipkinV1(zipkinSpans(bytes).map(span => ({
  traceId: hex(span.trace_id),
  id: hex(span.id),
  parentId: span.parent_id === undefined ? undefined : hex(span.parent_id),
  name: span.name,
  timestamp: span.timestamp === undefined ? undefined : Number(span.timestamp),
  duration: span.duration === undefined ? undefined : Number(span.duration),
  debug: span.debug,
  annotations: span.annotations.map(({ timestamp, value, host }: any) => ({ timestamp: Number(timestamp), value, endpoint: endpoint(host) })),
  binaryAnnotations: span.binary_annotations.map(({ key, value, host }: any) => ({ key, value, endpoint: endpoint(host) }))
})))
