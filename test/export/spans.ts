import { SpanId, TraceId } from '../../src/trace/id'
import { Span, Trace, type Kind } from '../../src/trace/span'

/** A span as a patch leaves it: ended, with what `told` says of it. */
export function span (told: Partial<Omit<Span, 'trace' | 'id' | 'parent'>> & { scope?: Span['scope'], kind?: Kind, trace?: Trace, id?: string, parent?: string } = {}): Span {
  const { trace = new Trace(TraceId.of('4bf92f3577b34da6a3ce929d0e0e4736'), true, true, undefined), id, parent = '', remote = false, kind = 'internal', scope = 'test', ...rest } = told
  const parentId = parent === '' ? undefined : SpanId.of(parent)
  return Object.assign(new Span(trace, parentId, remote, kind, scope, undefined), { startedAt: 1_700_000_000_000.25, endedAt: 1_700_000_000_012.75 }, id && { spanId: SpanId.of(id) }, rest)
}
