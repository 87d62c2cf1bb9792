import { picture } from './export/tree'
import type { Kept, Memory } from './export/memory'

/**
 * What a team's own tests look at: `node --require autospan/register --test`. From the moment that this is loaded the spans that end are kept
 * in memory, and sent nowhere. Without the preload there are none, and nothing here fails.
 */
export type { Kept as SeenSpan } from './export/memory'

const memory: Memory | undefined = (globalThis as any)[Symbol.for('autospan.live')]?.collect()

/** Milliseconds between two looks. The timer is the real one, whatever a test makes of timers later. */
const PAUSE = 2
const { setTimeout } = globalThis

/** The spans that have ended since the last `reset`, in the order of their ends. */
export const spans = (): Kept[] => memory?.spans() ?? []

/**
 * Their traces as a text: one line a span, indented by two spaces beneath its parent, siblings in the order of their start.
 * `name  kind`, then `ERROR type` if it failed, then the attributes that `show` names, as `key=value`.
 */
export const tree = ({ show = [] }: { show?: string[] } = {}): string => picture(spans().map(({ spanId, parentSpanId, error, ...span }) =>
  ({ ...span, id: spanId, parent: parentSpanId, error: error?.type })), show)

/** Forget them. */
export const reset = (): void => memory?.reset()

/** Settles when every span that was started has ended; an error if one has not `within` so many milliseconds. */
export async function settled ({ within = 2000 }: { within?: number } = {}): Promise<void> {
  for (const begin = performance.now(); memory !== undefined && memory.open() > 0;) {
    if (performance.now() - begin > within) throw new Error(`${memory.open()} spans have not ended within ${within} ms`)
    await new Promise(resolve => setTimeout(resolve, PAUSE))
  }
}
