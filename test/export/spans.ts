import { Span, Trace, type Kind } from '../../src/trace/span'

/** A span as a patch leaves it: ended, with what `told` says of it. */
export function span (told: Partial<Omit<Span, 'trace'>> & { scope?: Span['scope'], kind?: Kind, trace?: Trace } = {}): Span {
  const { trace = new Trace('4bf92f3577b34da6a3ce929d0e0e4736', true, true, undefined), parent = '', remote = false, kind = 'internal', scope = 'test', ...rest } = told
  return Object.assign(new Span(trace, parent, remote, kind, scope, undefined), { startedAt: 1_700_000_000_000.25, endedAt: 1_700_000_000_012.75 }, rest)
}
