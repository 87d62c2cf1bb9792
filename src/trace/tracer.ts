import { elapsed, now, nowByWall } from './clock'
import { active, storage, type Scope } from './context'
import { frameOf, rememberAges } from './frame'
import { SpanId, TraceId } from './id'
import { Span, standIn, Trace, type Kind, type Library, type Remote } from './span'
import { alwaysOn, type Sampler } from './sampler'
import { opened } from './unfinished'

let sampler: Sampler = alwaysOn
let process: Remote | undefined
/** How traces are decided on, and the parent that this process was started with (`TRACEPARENT`), if any. Called by start.ts. */
export function traceWith (sample: Sampler, startedBy: Remote | undefined): void {
  sampleWith(sample)
  process = startedBy
}

/** Traces that begin from now on are decided on by this sampler. */
export function sampleWith (sample: Sampler): void {
  sampler = sample
}

/** What came to be in this process: traces that began here, those that callers began, those of both that are sampled, and the spans that are recorded. */
export const counts = { started: 0, joined: 0, sampled: 0, spans: 0 }

let all = false
/** Whether spans are made of what is not sampled, too: then it is up to who gets them what becomes of them. Called by start.ts. */
export function recordAll (yes: boolean): void { all = yes }

let oldest = Infinity
/** A trace that began more than so many milliseconds ago gets no more spans: what is done beneath it begins traces of its own, which have a link to it. Called by start.ts. */
export function endAfter (milliseconds: number): void {
  oldest = milliseconds
  rememberAges(milliseconds !== Infinity)
}
const isOld = ({ trace, startedAt }: Span): boolean => oldest !== Infinity && !trace.isNone && now() - (trace.entry?.startedAt ?? startedAt) > oldest

let dependent: ReadonlySet<string> | undefined
/** The calls of these libraries are traced beneath another span alone: they begin no trace. Called by start.ts. */
export function requireParent (scopes: string[]): void { dependent = scopes.length === 0 ? undefined : new Set(scopes) }
const isBelow = (parent: Span | undefined): boolean => parent === undefined ? process !== undefined && elapsed() <= oldest : !isOld(parent)

/** Whether the sampler wants to know what is asked. */
export const isByRequest = (): boolean => sampler.byRequest === true

/**
 * A child of the active span, or the first span of a trace.
 * `undefined`: the active trace is not recorded, or there is none and one is required, so there is nothing to do and nothing to pay.
 */
export const child = (kind: Kind, scope: string): Span | undefined => childIn(storage.getStore(), kind, scope)

function childIn (here: Scope | undefined, kind: Kind, scope: string): Span | undefined {
  const parent = here?.span
  if (parent?.trace.recording === false && !isOld(parent)) return undefined
  return dependent?.has(scope) === true && !isBelow(parent) ? undefined : childOf(here, kind, scope)
}

/** A child of the span in `here`, or the first span of a trace; never undefined: what is not recorded has ids, too. `name`: what the sampler is told of that. */
export function childOf (here: Scope | undefined, kind: Kind, scope: string | Library, name?: string): Span {
  const parent = here?.span
  if (parent !== undefined) {
    const { trace } = parent
    if (isOld(parent)) return anew(here!, trace.id, parent.id, kind, scope, name)
    const span = new Span(trace, parent.spanId, parent.isElsewhere, kind, scope, here!.baggage, here!.values)
    trace.entry ??= frameOf(span)
    if (trace.recording) recorded(span)
    return span
  }
  if (process !== undefined && elapsed() > oldest) return anew(here, process.traceId, process.spanId, kind, scope, name)
  return rootIn(here, kind, scope, name, process)
}

/** The first span of a trace, beneath `from` or nothing, whatever is active; what is handed along in `here` goes on. `name`: as with `childOf`. */
export function rootIn (here: Scope | undefined, kind: Kind, scope: string | Library, name?: string, from?: Remote): Span {
  const span = root(kind, scope, from, false, name)
  if (here !== undefined) { span.baggage = here.baggage; span.values = here.values }
  return span
}

/** The first span of a trace, where it would have been the child of another that is too old. */
function anew (here: Scope | undefined, traceId: string, spanId: string, kind: Kind, scope: string | Library, name: string | undefined): Span {
  const span = rootIn(here, kind, scope, name)
  span.links = [{ traceId, spanId, state: undefined, attributes: undefined }]
  return span
}

/**
 * A call that leaves this process. `told` is the context that the application itself put into what it sends: then that is the parent,
 * for the one who is called will say so, too. What was only passed on from our own caller (a proxy copies its headers) is no such context.
 * Undefined as with `child`.
 */
export function outgoing (kind: Kind, scope: string, told: Remote | undefined): Span | undefined {
  const here = storage.getStore()
  const trace = here?.span?.trace
  if (told === undefined || told.spanId === here?.span?.id || trace?.recording === false || trace?.isCaller(told.spanId) === true) return childIn(here, kind, scope)
  const isOurs = trace?.id === told.traceId
  const span = isOurs ? new Span(trace, SpanId.of(told.spanId), true, kind, scope, told.baggage) : root(kind, scope, told)
  if (isOurs) recorded(span)
  span.baggage ??= here?.baggage
  span.values = here?.values
  return span
}

/**
 * The first span of a trace in this process; `from` is who called. Never undefined: what is not sampled is told on, too.
 * With `hushed`, the trace is not recorded whatever the sampler says. `request`: see Sampler.
 */
export function root (kind: Kind, scope: string | Library, from: Remote | undefined, hushed = false, request = ''): Span {
  const caller = from === undefined || from.traceId === '' ? undefined : from
  const at = nowByWall()
  const trace = begun(from, caller, hushed, request)
  const span = caller === undefined ? new Span(trace, undefined, false, kind, scope, from?.baggage, undefined, undefined, at) : below(caller, trace, kind, scope, at)
  trace.entry = frameOf(span)
  if (trace.recording) recorded(span)
  return span
}

/** The span beneath a caller's; or, on the server's side, the caller's own. */
function below ({ spanId, sharedParent, baggage, others }: Remote, trace: Trace, kind: Kind, scope: string | Library, at: number): Span {
  const id = SpanId.of(spanId)
  if (kind === 'server' || kind === 'consumer') trace.calledBy(id, others)
  if (sharedParent === undefined || kind !== 'server') return new Span(trace, id, true, kind, scope, baggage, undefined, undefined, at)
  const parent = sharedParent === '' ? undefined : SpanId.of(sharedParent)
  return new Span(trace, parent, parent !== undefined, kind, scope, baggage, undefined, id, at)
}

/**
 * The caller that an application has read from what it was sent, as the parent of what it will begin. If that is the caller of what is being served
 * here already, then what was made of it is the parent; and what was written in this very trace goes on in it (Next.js tells its rendering of its middleware
 * by the headers of the request): one trace, and not two beside each other. `from` has ids.
 */
export function parentOf (from: Remote, isRemote: boolean): Span {
  const serving = active()?.trace
  const id = SpanId.of(from.spanId)
  if (serving?.id === from.traceId) return serving.entry !== undefined && serving.caller?.hex === from.spanId ? serving.entry.span : standIn(serving, id, isRemote, from.baggage)
  // What is begun beneath it asks the clock alone.
  nowByWall()
  const trace = begun(from, from, false, '')
  if (isRemote) trace.calledBy(id, from.others)
  return standIn(trace, id, isRemote, from.baggage)
}

/** A trace that begins in this process, decided on. */
function begun (from: Remote | undefined, caller: Remote | undefined, hushed: boolean, request: string): Trace {
  const id = caller === undefined ? TraceId.next() : TraceId.of(caller.traceId)
  const decision = hushed ? undefined : sampler(id, from, request)
  const trace = new Trace(id, decision?.sampled === true, caller === undefined || caller.random === true,
    stated(caller?.state, decision?.ot))
  if (caller === undefined) counts.started++
  else counts.joined++
  if (trace.sampled) {
    counts.sampled++
    trace.notes = decision!.notes
    if (from !== undefined) {
      trace.debug = from.debug === true
      trace.firehose = from.firehose === true
      if (from.debugId !== undefined) trace.notes = { ...trace.notes, 'jaeger-debug-id': from.debugId }
    }
  } else trace.recording = all && !hushed
  return trace
}

function recorded (span: Span): void {
  counts.spans++
  opened(span)
}

/** The caller's `tracestate`, with our sampler's word in front of it; what else its `ot` member says (`rv`) stays. */
function stated (state: string | undefined, ot: string | undefined): string | undefined {
  if (ot === undefined) return state
  if (state === undefined) return `ot=${ot}`
  const members = state.split(',').map(member => member.trim())
  const said = members.find(member => member.startsWith('ot='))?.slice(3).split(';').filter(field => !field.startsWith('th:')) ?? []
  return [`ot=${[ot, ...said].join(';')}`, ...members.filter(member => !member.startsWith('ot=')).slice(0, 31)].join(',')
}
