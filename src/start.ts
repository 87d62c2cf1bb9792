import { checkNames, environment, patchLayers, patchSwitch, read, readSettings, SETTINGS, type Settings } from './config'
import { flush, pipeline } from './export'
import { isWorker } from './gate'
import { load, type Choice } from './hook/load'
import { isOn, switchAll } from './hook/fuse'
import { say, speakAt } from './log'
import { startedWith } from './propagation/fields'
import type { Outline } from './hook/contract'

/**
 * Put the house together: settings -> exporters, patches. No timer and no socket before the first span has ended.
 * What makes spans is put in its place when the first patch, or the first call of an API, has come (see tracing.ts): many a program needs none.
 */
export function start (patches: Record<string, Outline>): void {
  // What there is to say of the settings, the main thread has said before it starts a worker.
  if (isWorker) speakAt('none')
  const settings = readSettings()
  const chosen = choose(settings, patches)
  speakAt(settings.logLevel)

  const send = pipeline(settings, environment)
  // Before the application puts there what is its own.
  const inherited = startedWith(settings.propagators, environment)
  let isTracing = false
  const trace = (): void => {
    if (isTracing) return
    const { traceBy } = require('./tracing') as typeof import('./tracing')
    traceBy(settings, inherited, send)
    isTracing = true
  }
  // What is wrong with the argument of a sampler is said here and now; and two patches come from the settings alone.
  const lambda = environment('AWS_LAMBDA_FUNCTION_NAME')
  if (settings.sampler !== SETTINGS.sampler.fallback || settings.jaegerSampler !== undefined || settings.trace.length > 0 || lambda !== undefined) trace()

  load(chosen, trace)
  if (settings.trace.length > 0) (require('./hook/own') as typeof import('./hook/own')).own(settings.trace)
  // After that: an invocation is around what is traced of the handler.
  if (lambda !== undefined) (require('./lambda') as typeof import('./lambda')).watchHandler(environment('LAMBDA_TASK_ROOT') ?? '', environment('_HANDLER') ?? '', lambda, flush)
  if (settings.toggleSignal !== undefined) toggleBy(settings.toggleSignal)
  offer(() => {
    trace()
    return (require('./live') as typeof import('./live')).live(settings.level, Object.keys(patches), chosen.map(({ name }) => name))
  })
  if (settings.otelInstrumentations.length > 0) (require('./api/instrumentations') as typeof import('./api/instrumentations')).instrument(settings.otelInstrumentations)
}

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
      Object.defineProperty(globalThis, key, { __proto__: null, configurable: true, value } as PropertyDescriptor)
      return value
    }
  })
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
