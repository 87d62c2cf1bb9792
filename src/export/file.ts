import { appendFileSync } from 'node:fs'
import { say } from '../log'
import type { Span } from '../trace/span'
import type { Exporter, Tally } from './exporter'

/**
 * Appends each batch to a file, in whole lines. They are written at once: so nothing is lost at the end, whichever end that is.
 * `file` is a path or the number of an open file; `setting`, the name of the variable that names another one.
 */
export function fileExporter (file: string | number, encode: (spans: readonly Span[]) => string, tally: Tally, setting: string): Exporter {
  // What was written when the disk was full may end within a line.
  let isBroken = false
  return {
    export (spans) {
      const lines = encode(spans)
      try {
        appendFileSync(file, isBroken ? `\n${lines}` : lines)
        isBroken = false
        tally.exported += spans.length
      } catch (error) {
        isBroken = true
        tally.dropped.failed += spans.length
        say('warn', `spans cannot be written to ${file === 2 ? 'stderr' : file} (${(error as NodeJS.ErrnoException).code}); ${setting} names another file`)
      }
    },
    busy: false,
    async idle () {},
    abandon () {},
    last: () => []
  }
}
