import { active, routed, servedIn, type Patch, type Span, type Tap } from '../src/patch'

// Next.js tells its own span of the route when the answer is over, but a list beside it as soon as it knows. The first that it is told is the page's.
const of: Tap['of'] = ({ getTracer }) => Object.getPrototypeOf(getTracer())
const ROUTE = 'next.route'

const told: Tap = { of, method: 'setRootSpanAttribute', before (_, args) { if (args[0] === ROUTE) tell(servedIn(active()), args[1]) } }
/** Who asked for the list writes into it at once. */
const listed: Tap = {
  of,
  method: 'getRootSpanAttributes',
  after (_, list) {
    const span = list === undefined ? undefined : servedIn(active())
    if (span !== undefined) queueMicrotask(() => { tell(span, list.get(ROUTE)) })
  }
}
function tell (span: Span | undefined, route: unknown): void {
  if (typeof route === 'string' && span !== undefined && span.attributes['http.route'] === undefined) routed(span, route)
}

const file = 'dist/server/lib/trace/tracer.js'

export const next: Patch = {
  about: 'the route, on the span of the request (its own spans join by OpenTelemetry\'s API)',
  parts: [
    { module: 'next', versions: '>=14 <15', file, tap: [listed] },
    { module: 'next', versions: '>=15 <17', file, tap: [told] }
  ]
}
