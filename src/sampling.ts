import type { Sampling } from './index'
import { environment, SETTINGS, type Settings } from './config'
import { say } from './log'
import type { Rule } from './trace/rules'
import { sampleWith } from './trace/tracer'
import { alwaysOff, alwaysOn, parentBased, ratio, type Decision, type Sampler } from './trace/sampler'

// The names of Jaeger's clients.
const JAEGER: Record<string, string> = { probabilistic: 'traceidratio', ratelimiting: 'ratelimiting', remote: 'jaeger_remote' }
const CONST: Decision = { sampled: true, notes: { 'sampler.type': 'const', 'sampler.param': true } }

/** Rules, who decides where none of them fits, and whether a caller's decision goes before both. */
interface Choice { rules: readonly Rule[], top: Sampler, parentBased: boolean }
let choice: Choice = { rules: [], top: alwaysOn, parentBased: true }

/** The sampler that the settings describe: OpenTelemetry's variables before Jaeger's, the rules of AUTOSPAN_SAMPLE before both. */
export function samplerOf (settings: Settings): Sampler {
  const { jaegerSampler, jaegerSamplerParam, sampler, samplerArg, sample } = settings
  const isJaeger = jaegerSampler !== undefined && environment('OTEL_TRACES_SAMPLER') === undefined
  const [, based, name] = /^(parentbased_)?(.*)$/.exec(sampler)!
  const top = !isJaeger ? topOf(name, 'OTEL_TRACES_SAMPLER_ARG', samplerArg, settings)
    : jaegerSampler !== 'const' ? topOf(JAEGER[jaegerSampler], 'JAEGER_SAMPLER_PARAM', jaegerSamplerParam, settings)
    : /^(0|false)$/i.test(jaegerSamplerParam ?? '') ? alwaysOff : () => CONST
  // Jaeger's clients let a caller's decision hold.
  return choose({ rules: sample, top, parentBased: isJaeger || based !== undefined })
}

/** See `setSampling` of autospan's own calls. */
export function setSampling (changes: Sampling): void {
  const { ratio: share, rules: text, ...others } = Object(changes)
  const [unknown = Object(changes) === changes ? undefined : String(changes)] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`setSampling takes { ratio, rules }, not ${unknown}`)
  if (share !== undefined && !(typeof share === 'number' && share >= 0 && share <= 1)) throw new TypeError(`setSampling: ratio is a number from 0 to 1, not ${String(share)}`)
  const rules = text === undefined ? choice.rules : text === '' ? [] : typeof text === 'string' ? SETTINGS.sample.parse(text, () => {}) : undefined
  if (rules === undefined) throw new TypeError(`setSampling: rules are ${SETTINGS.sample.wants}, not ${String(text)}`)
  sampleWith(choose({ ...choice, rules, top: share === undefined ? choice.top : ratio(share) }))
}

function choose (chosen: Choice): Sampler {
  choice = chosen
  const ruled = chosen.rules.length === 0 ? chosen.top : (require('./trace/rules') as typeof import('./trace/rules')).byRules(chosen.rules, chosen.top)
  return chosen.parentBased ? parentBased(ruled) : ruled
}

/** One of the samplers that decide by themselves; `text` is its argument, and `variable` the name by which it was given. */
function topOf (name: string, variable: string, text: string | undefined, settings: Settings): Sampler {
  if (name === 'always_on') return alwaysOn
  if (name === 'always_off') return alwaysOff
  if (name === 'traceidratio') return ratio(shareOf(variable, text, 1))
  if (name === 'ratelimiting') return (require('./trace/limited') as typeof import('./trace/limited')).limited(rateOf(variable, text))
  return remote(variable, text, settings)
}

function shareOf (variable: string, text: string | undefined, fallback: number): number {
  const share = Number(text ?? fallback)
  if (share >= 0 && share <= 1) return share
  const percent = share > 1 && share <= 100 ? ` (${share} % is ${share / 100})` : ''
  say('warn', `${variable}=${text} is ignored: it takes a share from 0 to 1${percent}; ${fallback} is used`)
  return fallback
}

function rateOf (variable: string, text: string | undefined): number {
  const rate = Number(text ?? NaN)
  if (rate >= 0 && rate < Infinity) return rate
  say('warn', `${variable}=${text ?? ''} is no number of traces a second, which the sampler 'ratelimiting' needs; 10 is used`)
  return 10
}

/** Jaeger's clients take one trace in a thousand until the collector has answered. */
const FIRST = 0.001

/** `text` is OpenTelemetry's list ('endpoint=...,pollingIntervalMs=...,initialSamplingRate=...'), or Jaeger's number. */
function remote (variable: string, text: string | undefined, settings: Settings): Sampler {
  const told = new Map(text?.includes('=') === true ? text.split(',').map(pair => pair.split(/=(.*)/s, 2).map(word => word.trim()) as [string, string]) : [])
  const every = intervalOf(variable, told.get('pollingIntervalMs'), settings.jaegerRefresh)
  const first = ratio(shareOf(variable, told.get('initialSamplingRate') ?? (text?.includes('=') === true ? undefined : text), FIRST))
  let url: URL
  try { url = sampling(told.get('endpoint') ?? settings.jaegerSampling) } catch {
    say('warn', `${told.get('endpoint') ?? settings.jaegerSampling} is no URL of a Jaeger collector; ${FIRST} of all traces is recorded`)
    return first
  }
  const { polled } = require('./trace/polled') as typeof import('./trace/polled')
  const { strategy } = require('./trace/strategy') as typeof import('./trace/strategy')
  const { resourceOf } = require('./export/resource') as typeof import('./export/resource')
  return polled({
    // When it is asked: until then jaeger-client may be given the service's name.
    url () {
      url.searchParams.set('service', String(resourceOf(settings)['service.name']))
      return url.href
    },
    every,
    parse: answer => strategy(answer, settings.jaegerOperations),
    failed: reason => say('warn', `the sampling strategy at ${url.origin} cannot be read, what was last known is used: ${reason}`)
  }, first)
}

function intervalOf (variable: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const { parse, wants } = SETTINGS.jaegerRefresh
  const interval = parse(text, () => {})
  if (interval === undefined) say('warn', `pollingIntervalMs=${text} of ${variable} is ignored: it takes ${wants}; ${fallback} is used`)
  return interval ?? fallback
}

/** The place of the strategies at a collector; over HTTP, which is another port than that of grpc. */
function sampling (endpoint: string): URL {
  const url = new URL(/^https?:/.test(endpoint) ? endpoint : `http://${endpoint}`)
  if (url.port === '14250') {
    url.port = '5778'
    say('warn', `${endpoint} speaks grpc; the sampling strategies are read at ${url.origin}`)
  }
  if (url.pathname === '/') url.pathname = '/sampling'
  return url
}
