import type { Headers } from './propagator'

const B3 = ['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags']
/** The names of the headers that a context is known by, lower case, by the format's name in OTEL_PROPAGATORS. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  tracecontext: ['traceparent', 'tracestate'],
  baggage: ['baggage'],
  b3: B3,
  b3multi: B3,
  jaeger: ['uber-trace-id'],
  ottrace: ['ot-tracer-traceid', 'ot-tracer-spanid', 'ot-tracer-sampled'],
  xray: ['x-amzn-trace-id'],
  none: []
}

/** The variable that stands for a header in the environment of a process (OpenTelemetry, env-carriers). */
export const variable = (field: string): string => field.toUpperCase().replace(/[^A-Z0-9_]/g, '_')

/** What the environment tells of whoever started this process (`TRACEPARENT`, `B3`, `X_B3_TRACEID`, ...), by the names of headers. */
export function startedWith (formats: readonly string[], environment: (name: string) => string | undefined): Headers {
  const headers: Headers = {}
  for (const field of formats.flatMap(format => FIELDS[format])) {
    const value = environment(variable(field))
    if (value !== undefined) headers[field] = value
  }
  return headers
}
