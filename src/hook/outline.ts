import type { Outline, Part, PartOutline, Patch } from './contract'

/** The outline of a patch that is loaded already. bundle.js writes down what comes of it, so that a start loads no patch. */
export const outline = (patch: Patch): Outline => ({ onDemand: patch.onDemand, parts: patch.parts.map(partOutline), whole: () => patch })

function partOutline ({ module, versions, file, layers, wrap = [], tap = [], trace, begin, on, met, place }: Part): PartOutline {
  const channels = (points?: Array<{ channel: string }>): string[] | undefined => points?.map(({ channel }) => channel)
  return {
    module,
    versions,
    file,
    layered: layers === undefined ? undefined : true,
    // To ask for the name of each package that has one would cost 30 us.
    shape: file === 'index.js' ? [...wrap, ...tap].map(({ of, method }) => ({ of, method })) : undefined,
    listens: trace ?? begin ?? on ?? met ? { trace: channels(trace), begin: channels(begin), on: on && Object.keys(on), met: channels(met) } : undefined,
    place: place?.key
  }
}
