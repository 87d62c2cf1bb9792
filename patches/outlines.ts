import type { Outline } from '../src/hook/contract'
import { outline } from '../src/hook/outline'
import { patches } from './index'

/** What a start is to know of every patch. In the bundle stands what comes of this, in the place of this: there a patch is loaded when something comes that it is for. */
export const outlines: Record<string, Outline> = Object.fromEntries(Object.entries(patches).map(([name, patch]) => [name, outline(patch)]))
