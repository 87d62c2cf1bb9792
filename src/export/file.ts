import { appendFileSync } from 'node:fs'
import { say } from '../log'
import type { Span } from '../trace/span'
import type { Exporter, Tally } from './exporter'

/** Appends each batch to a file, as one line. It is written at once: so nothing is lost at the end, whichever end that is. */
export function fileExporter (file: string, encode: (spans: readonly Span[]) => string, tally: Tally): Exporter {
  return {
    export (spans) {
      const line = `${encode(spans)}\n`
      try {
        appendFileSync(file, line)
        tally.exported += spans.length
      } catch (error) {
        tally.dropped.failed += spans.length
        say('warn', `spans cannot be written to ${file} (${(error as NodeJS.ErrnoException).code}); AUTOSPAN_FILE names another file`)
      }
    },
    busy: false,
    async idle () {},
    abandon () {},
    last: () => []
  }
}
