import { calls } from './api/calls'
import { counts, flush } from './export'
import { losses } from './export/exporter'
import type { Memory } from './export/memory'
import { isOn, stateOf } from './hook/fuse'
import type { Live, Status } from './index'
import { setSampling } from './sampling'
import { counts as held } from './trace/held'
import { counts as made } from './trace/tracer'
import { counts as unfinished } from './trace/unfinished'

/** What autospan's own calls reach, by the preload. `patches` are all that there are, `chosen` those that the settings leave. */
export function live (level: string, patches: string[], chosen: string[]): Live {
  let memory: Memory | undefined
  return calls(level, {
    status: () => status(patches, chosen),
    flush,
    setSampling,
    collect: () => memory ??= (require('./export/memory') as typeof import('./export/memory')).memory()
  })
}

function status (patches: string[], chosen: string[]): Status {
  const { spans, ...traces } = made
  const { lost, ...others } = held
  return {
    enabled: isOn(),
    traces,
    started: spans,
    ended: counts.ended,
    ...unfinished,
    exported: Object.values(counts.exporters).reduce((sum, { exported }) => sum + exported, 0),
    held: others,
    dropped: lost === 0 ? losses(counts) : { ...losses(counts), 'keep full': lost },
    patches: Object.fromEntries(patches.map(name => [name, chosen.includes(name) ? stateOf(name) : 'off']))
  }
}
