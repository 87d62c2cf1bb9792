import type { Span } from './span'

/**
 * Tell the span of a request that is being served which route it met: `template` as the framework knows it ('/api/users/:id').
 * It goes onto its `http.route` and into its name (semconv http 1.44); a name that the application chose stays.
 */
export function routed (span: Span, template: string): void {
  if (!span.recording) return
  const method = span.attributes['http.request.method']
  span.attributes['http.route'] = template
  if (!span.named) span.name = `${method === '_OTHER' ? 'HTTP' : method as string} ${template}`
}

/** The span of the request that is being served in this span's trace; undefined if it began with something else. */
export const servedIn = (span: Span | undefined): Span | undefined => {
  const entry = span?.trace.entry?.span
  return entry?.kind === 'server' && entry.attributes['http.request.method'] !== undefined ? entry : undefined
}
