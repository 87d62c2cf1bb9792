import { say, messageOf } from '../log'
import type { Span } from '../trace/span'
import type { Batch, BatchOptions } from './batch'
import type { ExporterOptions } from './exporters'
import { watchEnd } from './exit'
import type { Counts } from './exporter'

export interface PipelineOptions extends BatchOptions, ExporterOptions {
  /** Whether a signal of which the process dies is waited for, to send what is here. */
  signals: boolean
}

export const counts: Counts = { ended: 0, full: 0, failed: 0, exporters: {} }

let batch: Batch | undefined

/** What is to be called with each span that has ended; it never throws. Before the first one there is no timer, no socket, and nothing of it is loaded. */
export function pipeline (options: PipelineOptions, environment: (name: string) => string | undefined): (span: Span) => void {
  const isSent = options.exporters.some(name => name !== 'none') || options.exporterModule !== undefined
  watchEnd(() => batch, counts, isSent && options.signals, () => environment('NODE_TLS_REJECT_UNAUTHORIZED') === '0')
  if (!isSent) return span => { counts.ended++; span.release() }
  return span => {
    counts.ended++
    // Whoever ends a span is in the middle of a request: what cannot be loaded now (the application has replaced a module, say) is none of his business.
    try { (batch ??= open(options)).add(span) } catch (error) { lose(span, error) }
  }
}

function lose (span: Span, error: unknown): void {
  counts.failed++
  span.release()
  say('error', `spans are lost: ${messageOf(error)}`)
}

function open (options: PipelineOptions): Batch {
  const { Batch } = require('./batch') as typeof import('./batch')
  return new Batch(options, () => (require('./exporters') as typeof import('./exporters')).exporters(options, counts.exporters), counts)
}

/** Send all that waits. Settles when it is away or given up: after retries, or in a `hurry` without. */
export async function flush (hurry = false): Promise<void> { await batch?.flush(hurry) }
