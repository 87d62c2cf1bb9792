import { environment, patchLayers, patchSwitch, read, readSettings, type Settings } from './config'
import { pipeline } from './export'
import { load } from './hook/load'
import { options } from './hook/options'
import { rules } from './hook/ignore'
import { say, speakAt } from './log'
import { extractFrom, propagateWith } from './propagation'
import { samplerOf } from './sampling'
import { limitWith, sendTo } from './trace/span'
import { traceWith } from './trace/tracer'
import type { Patch } from './hook/contract'

/** Put the house together: settings -> sampler, formats, exporters, patches. No timer and no socket before the first span has ended. */
export function start (patches: Record<string, Patch>): void {
  const settings = readSettings()
  speakAt(settings.logLevel)
  if (settings.sdkDisabled || !settings.enabled) return

  propagateWith(settings.propagators.filter(name => name !== 'none'), settings)
  traceWith(samplerOf(settings), extractFrom(environment))
  limitWith({
    attributes: Number.isNaN(settings.spanAttributeCount) ? settings.attributeCount : settings.spanAttributeCount,
    events: settings.spanEvents,
    links: settings.spanLinks,
    eventAttributes: settings.eventAttributes,
    linkAttributes: settings.linkAttributes
  })
  sendTo(pipeline(settings))

  Object.assign(options, {
    methods: new Set(settings.knownMethods),
    ...rules(settings.ignoreIncoming, settings.ignoreOutgoing, settings.propagateTo)
  })
  const chosen = chosenPatches(settings, Object.keys(patches))
  load(patches, {
    enabled: patch => chosen.has(patch) && read(patchSwitch(patch)),
    layers: patch => {
      const slow = read(patchLayers(patch))
      return slow === Infinity ? undefined : { slow }
    }
  })
}

/** The patches that the two lists leave; a name that is none is told of, with those that are. */
function chosenPatches ({ enabledPatches, disabledPatches }: Settings, known: string[]): Set<string> {
  for (const name of [...enabledPatches, ...disabledPatches]) {
    if (!known.includes(name)) say('warn', `there is no patch '${name}'; there are ${known.join(', ')}`)
  }
  const first = enabledPatches.length > 0 ? enabledPatches : known
  return new Set(first.filter(name => !disabledPatches.includes(name)))
}
