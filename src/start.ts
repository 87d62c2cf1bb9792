import { allVariables, checkNames, environment, patchLayers, patchSwitch, read, readSettings, take, type Settings } from './config'
import { flush, pipeline } from './export'
import { isWorker } from './gate'
import { load, type Choice } from './hook/load'
import { isOn, switchAll } from './hook/fuse'
import { options, type Captured } from './hook/options'
import { rules } from './hook/ignore'
import { say, speakAt } from './log'
import { extractFrom, propagateWith } from './propagation'
import { samplerOf } from './sampling'
import { limitWith, sendTo, type Span } from './trace/span'
import { endAfter, recordAll, requireParent, traceWith } from './trace/tracer'
import type { Outline } from './hook/contract'

/** Put the house together: settings -> sampler, formats, exporters, patches. No timer and no socket before the first span has ended. */
export function start (patches: Record<string, Outline>): void {
  // What there is to say of the settings, the main thread has said before it starts a worker.
  if (isWorker) speakAt('none')
  const settings = readSettings()
  const chosen = choose(settings, patches)
  speakAt(settings.logLevel)

  propagateWith(settings.propagators.filter(name => name !== 'none'), settings)
  traceWith(samplerOf(settings), extractFrom(environment))
  endAfter(settings.maxTraceAge || Infinity)
  requireParent(settings.requireParent)
  limitWith({
    attributes: Number.isNaN(settings.spanAttributeCount) ? settings.attributeCount : settings.spanAttributeCount,
    events: settings.spanEvents,
    links: settings.spanLinks,
    eventAttributes: settings.eventAttributes,
    linkAttributes: settings.linkAttributes
  })
  sendThrough(settings, pipeline(settings))

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
  load(chosen)
  if (settings.trace.length > 0) (require('./hook/own') as typeof import('./hook/own')).own(settings.trace)
  // After that: an invocation is around what is traced of the handler.
  const lambda = environment('AWS_LAMBDA_FUNCTION_NAME')
  if (lambda !== undefined) (require('./lambda') as typeof import('./lambda')).watchHandler(environment('LAMBDA_TASK_ROOT') ?? '', environment('_HANDLER') ?? '', lambda, flush)
  if (settings.toggleSignal !== undefined) toggleBy(settings.toggleSignal)
  offer(() => (require('./live') as typeof import('./live')).live(settings.level, Object.keys(patches), chosen.map(({ name }) => name)))
  if (settings.otelInstrumentations.length > 0) (require('./api/instrumentations') as typeof import('./api/instrumentations')).instrument(settings.otelInstrumentations)
}

const captured = (part: 'request' | 'response', names: string[]): Captured[] => names.map(name => ({ name, key: `http.${part}.header.${name}` }))

/** All of it is switched off by a signal, and on by the next. */
function toggleBy (signal: NodeJS.Signals): void {
  let times = 0
  process.on(signal, () => {
    switchAll(!isOn())
    say('info', `tracing is ${isOn() ? 'on' : 'off'}, by ${signal} no. ${++times}`)
  })
}

/** Where autospan's own calls (`import ... from 'autospan'`) look for the preload. What they need is loaded by the first of them. */
function offer (make: () => unknown): void {
  const key = Symbol.for('autospan.live')
  Object.defineProperty(globalThis, key, {
    configurable: true,
    get () {
      const value = make()
      Object.defineProperty(globalThis, key, { configurable: true, value })
      return value
    }
  })
}

/** Ended spans go to `send`; on the way it is seen what is to be kept of those that the sampler did not choose. */
function sendThrough ({ keep, keepSpans, keepBytes }: Settings, send: (span: Span) => void): void {
  if (keep === undefined) return sendTo(send)
  const { Held } = require('./trace/held') as typeof import('./trace/held')
  const held = new Held(keep, { spans: keepSpans, bytes: keepBytes }, send, () => say('warn',
    'more spans wait than there is room for until it is known whether to keep them; the oldest trace loses some (AUTOSPAN_KEEP_SPANS, AUTOSPAN_KEEP_BYTES)'))
  recordAll(true)
  sendTo(span => held.add(span), trace => held.settle(trace))
}

/** The patches that the lists and their own switches leave; what is set for a patch that there is not is told of, with those that there are. */
function choose ({ enabledPatches, disabledPatches, requireParent }: Settings, patches: Record<string, Outline>): Choice[] {
  const known = Object.keys(patches)
  const unknown = [...enabledPatches, ...disabledPatches, ...requireParent].filter(name => !known.includes(name))
  if (unknown.length > 0) say('warn', `there is no patch named ${unknown.join(', ')}; there are ${known.join(', ')}`)

  const choices: Choice[] = []
  const variables: string[] = []
  for (const name of known) {
    const on = patchSwitch(name, patches[name].onDemand !== true || enabledPatches.includes(name))
    const middleware = patches[name].parts.some(part => part.layered) ? patchLayers(name) : undefined
    variables.push(on.name)
    if (middleware !== undefined) variables.push(middleware.name)
    if (!read(on) || disabledPatches.includes(name) || (enabledPatches.length > 0 && !enabledPatches.includes(name))) continue
    const slow = middleware === undefined ? Infinity : read(middleware)
    choices.push({ name, patch: patches[name], layers: slow === Infinity ? undefined : { slow } })
  }
  checkNames(variables)
  return choices
}
