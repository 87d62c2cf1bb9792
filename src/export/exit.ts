import { say } from '../log'
import { silently } from '../trace/context'
import type { Batch } from './batch'
import { losses } from './exporter'

/** Milliseconds that the end of the process may be held up. */
const LIMIT = 1000

/**
 * The last flush. When the program has nothing left to do, its end waits until what is here has been sent, once, or the limit is over.
 * When it ends on the spot (process.exit(), an uncaught exception) another thread sends, and this one waits for it, no longer than the limit.
 * What is lost by then is said. Neither the exit code nor anything the application listens to is touched.
 */
export function atExit (batch: Batch): void {
  process.on('beforeExit', () => {
    if (!batch.busy) return
    const hold = silently(() => setTimeout(() => batch.abandon(), LIMIT))
    void batch.flush(true).then(() => clearTimeout(hold))
  })
  process.on('exit', () => {
    try {
      const lasts = batch.last()
      if (lasts.length > 0) (require('./last') as typeof import('./last')).sendNow(lasts, LIMIT)
    } catch { /* no thread may be started here, and the end of the process is no place to fail */ }
    const { ended } = batch.counts
    const lost = Object.entries(losses(batch.counts)).map(([reason, spans]) => `${spans} ${reason}`)
    if (lost.length > 0) say('warn', `lost of ${ended} spans: ${lost.join(', ')}`)
  })
}
