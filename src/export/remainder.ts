import type { Span } from '../trace/span'
import { scopeOf } from './resource'

/** What has no place of its own outside of OTLP, as tags: who made the span, and how much was dropped of it (OpenTelemetry: sdk_exporters/non-otlp). */
export function remainder ({ scope, dropped }: Span): Array<[string, string | number]> {
  const { name, version } = scopeOf(scope)
  // The second pair is the older name of the first.
  const tags: Array<[string, string | number]> = [['otel.scope.name', name], ['otel.library.name', name]]
  if (version !== undefined) tags.push(['otel.scope.version', version], ['otel.library.version', version])
  if (dropped !== undefined) {
    const { attributes, events, links } = dropped
    if (attributes > 0) tags.push(['otel.dropped_attributes_count', attributes])
    if (events > 0) tags.push(['otel.dropped_events_count', events])
    if (links > 0) tags.push(['otel.dropped_links_count', links])
  }
  return tags
}
