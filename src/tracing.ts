import { allVariables, take, type Settings } from './config'
import { rules } from './hook/ignore'
import { options, type Captured } from './hook/options'
import { say } from './log'
import { inherit, propagateWith } from './propagation'
import type { Headers } from './propagation/propagator'
import { samplerOf } from './sampling'
import { limitWith, sendTo, type Span } from './trace/span'
import { endAfter, recordAll, requireParent, traceWith } from './trace/tracer'

/** Settings -> formats, sampler, limits, and what patches are told. `inherited` is what this process was started with; ended spans go to `send`. */
export function traceBy (settings: Settings, inherited: Headers, send: (span: Span) => void): void {
  propagateWith(settings.propagators.filter(name => name !== 'none'), settings)
  traceWith(samplerOf(settings), inherit(inherited))
  endAfter(settings.maxTraceAge || Infinity)
  requireParent(settings.requireParent)
  const attributesOf = (own: number): number => Number.isNaN(own) ? settings.attributeCount : own
  limitWith({
    attributes: attributesOf(settings.spanAttributeCount),
    events: settings.spanEvents,
    links: settings.spanLinks,
    eventAttributes: attributesOf(settings.eventAttributes),
    linkAttributes: attributesOf(settings.linkAttributes)
  })
  sendThrough(settings, send)

  Object.assign(options, {
    methods: new Set(settings.knownMethods),
    environment: allVariables,
    take,
    logFields: settings.logFields,
    capture: {
      serverRequest: captured('request', settings.serverRequestHeaders),
      serverResponse: captured('response', settings.serverResponseHeaders),
      clientRequest: captured('request', settings.clientRequestHeaders),
      clientResponse: captured('response', settings.clientResponseHeaders)
    },
    ...rules(settings.ignoreIncoming, settings.ignoreOutgoing, settings.propagateTo)
  })
}

const captured = (part: 'request' | 'response', names: string[]): Captured[] => names.map(name => ({ name, key: `http.${part}.header.${name}` }))

/** Ended spans go to `send`; on the way it is seen what is to be kept of those that the sampler did not choose. */
function sendThrough ({ keep, keepSpans, keepBytes }: Settings, send: (span: Span) => void): void {
  if (keep === undefined) return sendTo(send)
  const { Held } = require('./trace/held') as typeof import('./trace/held')
  const held = new Held(keep, { spans: keepSpans, bytes: keepBytes }, send, () => say('warn',
    'more spans wait than there is room for until it is known whether to keep them; the oldest trace loses some (AUTOSPAN_KEEP_SPANS, AUTOSPAN_KEEP_BYTES)'))
  recordAll(true)
  sendTo(span => held.add(span), trace => held.settle(trace))
}
