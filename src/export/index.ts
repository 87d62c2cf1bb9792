import type { Span } from '../trace/span'
import type { Batch, BatchOptions } from './batch'
import type { ExporterOptions } from './exporters'
import type { Counts } from './exporter'

export const counts: Counts = { ended: 0, full: 0, exporters: {} }

let batch: Batch | undefined

/** What is to be called with each span that has ended. Before the first one there is no timer, no socket, and nothing of it is loaded. */
export function pipeline (options: BatchOptions & ExporterOptions): (span: Span) => void {
  if (options.exporters.every(name => name === 'none') && options.exporterModule === undefined) return span => { counts.ended++; span.release() }
  return span => { (batch ??= open(options)).add(span) }
}

function open (options: BatchOptions & ExporterOptions): Batch {
  const { Batch } = require('./batch') as typeof import('./batch')
  return new Batch(options, () => (require('./exporters') as typeof import('./exporters')).exporters(options, counts.exporters), counts)
}

/** Send all that waits. Settles when it is away or given up, after retries. */
export async function flush (): Promise<void> { await batch?.flush() }
