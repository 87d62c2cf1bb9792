import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import { active, storage, type Scope } from '../trace/context'
import type { Span } from '../trace/span'
import { quietly, type Fuse } from './fuse'
import type { Begin, Met, Trace } from './contract'

const SPAN = Symbol('autospan.span')
const CALLER = Symbol('autospan.caller')
const FAILED = Symbol('autospan.failed')
/** `FAILED`: it is told, and not seen by the error, for what is thrown may be undefined. */
type Message = { [SPAN]?: Span, [CALLER]?: Scope, [FAILED]?: true, error?: unknown }

// A channel without listeners may be collected, and on Node 20 its end then takes its name from the one that came after: who asks for that one by its name
// gets another, on which nobody tells anything. So all five live on with us, also that to which we do not listen.
const sources: unknown[] = []
/** What makes spans, which comes with the first patch. */
const spans = (): Making => making ??= { ...require('../trace/tracer'), ...require('../trace/frame') }
type Making = Pick<typeof import('../trace/tracer'), 'child' | 'outgoing'> & Pick<typeof import('../trace/frame'), 'frameOf'>
let making: Making | undefined

// What is done with a channel's messages is asked for when they come: a library may come late or never. Nothing, if its patch cannot be loaded.

/** Make a span of what a library tells on a TracingChannel of its own. */
export function trace (fuse: Fuse, channel: string, point: () => Omit<Trace, 'channel'> | undefined): void {
  const source = tracingChannel(channel) as any
  sources.push(source)
  source.start.bindStore(storage, (message: Message): Scope | undefined => {
    const caller = message[CALLER] = storage.getStore()
    const call = fuse.off ? undefined : point()
    if (call === undefined || (call.skip !== undefined && quietly(fuse, call.skip, message) !== false)) return caller
    const { kind, start } = call
    const span = spans().child(kind, fuse.scope)
    if (span === undefined) return caller
    // A root that is not recorded is told on, too.
    if (span.trace.recording) { message[SPAN] = span; quietly(fuse, start, span, message) }
    return spans().frameOf(span)
  })
  // A callback may be called from a stranger's context: it goes on in its caller's.
  source.asyncStart.bindStore(storage, (message: Message) => message[CALLER])
  const done = (message: Message): void => {
    const span = message[SPAN]
    if (span === undefined || !span.recording) return
    const { result, failed } = point()!
    if (message[FAILED] === true) {
      if (failed !== undefined) quietly(fuse, failed, span, message.error)
    } else if (result !== undefined) quietly(fuse, result, span, message)
    span.end()
  }
  source.subscribe({
    // A call that threw, or returned no promise, is over at its end.
    end (message: Message & { result?: unknown }) { if (message[FAILED] === true || 'result' in message) done(message) },
    // Not asyncEnd: the time that the callback takes is not the library's.
    asyncStart: done,
    error (message: Message) {
      message[FAILED] = true
      message[SPAN]?.fail(message.error)
    }
  })
}

/** Begin a span when a library tells of a call; whoever hears of the call's end ends it. */
export function begin (fuse: Fuse, channel: string, point: () => Omit<Begin, 'channel'> | undefined): void {
  subscribe(channel, message => {
    const call = fuse.off ? undefined : point()
    if (call === undefined || (call.ignore !== undefined && quietly(fuse, call.ignore, message) === true)) return
    const { kind, from, start, carry } = call
    const caller = from === undefined ? undefined : quietly(fuse, from, message)
    const span = spans().outgoing(kind, fuse.scope, caller ?? undefined)
    if (span?.trace.recording === true) quietly(fuse, start, span, message)
    const here = span ?? active()
    if (here !== undefined) quietly(fuse, carry, here, message, caller === null)
  })
}

/** Look at the methods of a class from the first of its objects on; each class once, for there may be several copies of a library. */
export function meet (fuse: Fuse, channel: string, point: () => Omit<Met, 'channel'> | undefined): void {
  const known = new WeakSet()
  subscribe(channel, message => {
    const met = fuse.blown ? undefined : point()
    const holder = met && quietly(fuse, met.of, message)
    if (typeof holder !== 'object' || holder === null || known.has(holder)) return
    known.add(holder)
    const { tap } = require('./wrap') as typeof import('./wrap')
    for (const point of met!.tap) quietly(fuse, tap, message, fuse, { ...point, of: met!.of })
  })
}

/** Look at what a library tells on a channel of its own. */
export function on (fuse: Fuse, channel: string, handler: (message: any) => void): void {
  subscribe(channel, message => { if (!fuse.blown) quietly(fuse, handler, message) })
}
