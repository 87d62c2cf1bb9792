import { routed, type Span } from '../../src/patch'

/**
 * The span rides on the messages, so that one look at `emit` serves for all of their events, and no listener is added to any of them.
 * A framework finds it there, too: which request is meant is then beyond doubt, whatever context the application calls from.
 */
export const SPAN = Symbol('autospan.span')
/** Nobody is asked until the first says so: express gives each message a prototype of its own, and what V8 then has to look for in vain takes it half a microsecond. */
let isAsked = false
const ASK = Symbol('autospan.ask')
const ASKED = Symbol('autospan.asked')
type Message = { [SPAN]?: Span, [ASK]?: (asked: any) => string | undefined, [ASKED]?: unknown }

/** Tell the request being served (or its response) which route it met, with the path at which it is mounted. The last route told wins. */
export function tellRoute (message: object, template: string): void {
  const span = (message as Message)[SPAN]
  if (span !== undefined) routed(span, template)
}

/** For a framework that is better asked when the response is over: `ask(asked)` answers the route then, undefined if there was none. */
export function routeLater<A> (res: object, ask: (asked: A) => string | undefined, asked: A): void {
  const message = res as Message
  isAsked = true
  message[ASK] = ask as (asked: unknown) => string | undefined
  message[ASKED] = asked
}

/** The response is over. A framework that cannot answer is no reason for the span not to end. */
export function askRoute (res: object): void {
  if (!isAsked) return
  const { [ASK]: ask, [ASKED]: asked } = res as Message
  if (ask === undefined) return
  try {
    const template = ask(asked)
    if (template !== undefined) tellRoute(res, template)
  } catch { /* then it has no route */ }
}

/** A path beneath the path it is mounted at: always with a slash in front, and none at the end that the mount did not have. */
export const beneath = (mount: string, path: string): string =>
  path === '' || path === '/' ? mount || '/' : path.startsWith('/') ? mount + path : `${mount}/${path}`
