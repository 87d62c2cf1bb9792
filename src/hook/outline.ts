import type { Outline, Part, PartOutline, Patch } from './contract'

/** The outline of a patch that is loaded already. bundle.js writes down what comes of it, so that a start loads no patch. */
export const outline = (patch: Patch): Outline => ({ onDemand: patch.onDemand, parts: patch.parts.map(partOutline), whole: () => patch })

function partOutline ({ module, versions, file, exports, layers, trace, begin, on, met, place }: Part): PartOutline {
  const channels = (points?: Array<{ channel: string }>): string[] | undefined => points?.map(({ channel }) => channel)
  return {
    module,
    versions,
    file,
    exports,
    layered: layers === undefined ? undefined : true,
    listens: trace ?? begin ?? on ?? met ? { trace: channels(trace), begin: channels(begin), on: on && Object.keys(on), met: channels(met) } : undefined,
    place: place?.key
  }
}
