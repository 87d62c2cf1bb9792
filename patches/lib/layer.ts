import type { ServerResponse } from 'node:http'
import { types } from 'node:util'
import { keep, type Span } from '../../src/patch'

const OPEN = Symbol('autospan.open')

/**
 * A layer is over when it hands on, when its promise is settled (`settled`), or when the response is finished, whichever comes first.
 * Answers the `next` to give it: what comes after is no child of this layer, and what fails there is not its failure.
 */
export function until (span: Span, res: ServerResponse & { [OPEN]?: Span[] }, next: unknown): unknown {
  const open = res[OPEN] ?? closing(res)
  open.push(span)
  if (typeof next !== 'function') return next
  const kept = keep(next)
  return function (this: unknown, error: unknown) {
    // Express: not errors, but ways out of a route and of a router.
    over(span, error === 'route' || error === 'router' ? undefined : error)
    return kept.apply(this, arguments)
  }
}

/** One pair of listeners for all layers of a response. */
function closing (res: ServerResponse & { [OPEN]?: Span[] }): Span[] {
  const open: Span[] = res[OPEN] = []
  const end = (): void => { for (const span of open) span.end() }
  res.once('finish', end).once('close', end)
  return open
}

/**
 * What the layer returned: the framework itself hears of a rejection, so to listen at its side hides none.
 * Not of a thenable that is no promise: a query of knex would be sent twice.
 */
export function settled (span: Span, out: unknown): void {
  if (types.isPromise(out)) apply(then, out, [() => over(span, undefined), (error: unknown) => over(span, error ?? 'unknown')])
}
// The engine's own: with another class' a promise may begin to work.
const { then } = (async () => {})()
const { apply } = Reflect

function over (span: Span, error: unknown): void {
  if (!span.recording) return
  if (error) span.fail(error)
  span.end()
}
