import { active } from '../../src/patch'

/**
 * Tell the request being served which route it met: `template` as the framework knows it, with its mount path ('/api/users/:id').
 * It goes onto the server span's `http.route` and name (semconv http 1.44); a name that the application chose stays.
 */
export function route (method: string, template: string): void {
  const span = active()?.trace.entry
  if (span === undefined || span.kind !== 'server' || !span.recording) return
  span.attributes['http.route'] = template
  if (!span.named) span.name = `${span.attributes['http.request.method'] === '_OTHER' ? 'HTTP' : method} ${template}`
}
