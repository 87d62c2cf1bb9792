import { active, routed, servedIn, type Patch, type Tap } from '../src/patch'

/**
 * Next.js tells its own span of the route when the answer is over, but this place as soon as it knows. The first that it is told is the page's.
 * (14 tells nobody: beneath the span of another it does not take its own for the request's.)
 */
const told: Tap = {
  of: ({ getTracer }) => Object.getPrototypeOf(getTracer()),
  method: 'setRootSpanAttribute',
  before (_, args) {
    const span = args[0] === 'next.route' ? servedIn(active()) : undefined
    if (span !== undefined && span.attributes['http.route'] === undefined) routed(span, args[1])
  }
}

export const next: Patch = {
  about: 'the route, on the span of the request (its own spans join by OpenTelemetry\'s API)',
  parts: [{ module: 'next', versions: '>=15 <17', file: 'dist/server/lib/trace/tracer.js', tap: [told] }]
}
