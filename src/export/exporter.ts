import type { Span } from '../trace/span'

/** Where spans go. Written once a destination; queue, batches and the end of the process are the pipeline's. */
export interface Exporter {
  /** Take a batch and see to it that it goes away. The spans are released when this returns: it keeps none of them. May throw. */
  export (spans: Span[]): void
  /** Whether something that was taken is still here. */
  readonly busy: boolean
  /** Settles when it is no more: away, or given up. Never rejects. In a `hurry` (the process is about to end) nothing is tried twice. */
  idle (hurry: boolean): Promise<void>
  /** Give up what is still here, and count it. */
  abandon (): void
  /** The process ends now, without another turn of its loop: what is still here and another thread can send. The rest goes away at once, or is given up. */
  last (): Last[]
}

export interface Last {
  parcel: Parcel
  /** Its collector was there the last time: if it refuses now, it is asked again. */
  insists: boolean
  /** To be called with what became of it. */
  landed (outcome: Landing): void
}
/** The answer to a parcel, or why there was none. */
export type Landing = { answer: Answer } | { problem: Problem }
export interface Answer { status: number, type: string | undefined, retryAfter: string | undefined, body: Uint8Array }
export interface Problem { code: string | undefined, message: string }

/** What became of the spans of this process. */
export interface Counts {
  ended: number
  /** Those for which the queue had no room. */
  full: number
  /** Those that could not even be queued, or for which there is no exporter, because something of ours failed. */
  failed: number
  /** The rest, by exporter. */
  exporters: Record<string, Tally>
}
/** What became of the spans that an exporter was given. */
export interface Tally {
  exported: number
  /** Dropped spans, by reason. */
  dropped: Record<Loss, number>
}
export type Loss =
  /** Too many waited already. */
  | 'full'
  /** More than the way there holds. */
  | 'large'
  /** The collector said no, for good. */
  | 'refused'
  /** The collector took the batch, but not all of its spans. */
  | 'rejected'
  /** Tried until the time was over. */
  | 'expired'
  /** The process ended. */
  | 'exit'
  /** The exporter failed. */
  | 'failed'
export const tally = (): Tally => ({ exported: 0, dropped: { full: 0, large: 0, refused: 0, rejected: 0, expired: 0, exit: 0, failed: 0 } })

/** Dropped spans, by where and why: `queue full`, `otlp expired`. Nothing that is zero. */
export function losses ({ full, failed, exporters }: Counts): Record<string, number> {
  const found: Record<string, number> = {}
  if (full > 0) found['queue full'] = full
  if (failed > 0) found['queue failed'] = failed
  for (const [name, { dropped }] of Object.entries(exporters)) {
    for (const [loss, spans] of Object.entries(dropped)) if (spans > 0) found[`${name} ${loss}`] = spans
  }
  return found
}

/** An encoded batch on its way to a collector. All of it can be handed to another thread. */
export interface Parcel {
  to: Destination
  body: Uint8Array
  /** How many spans are in it. */
  spans: number
}

export interface Destination {
  /** `http:`, `https:`, or `udp:`, which has nothing of what is below. */
  url: string
  headers: Record<string, string>
  gzip: boolean
  /** Milliseconds that one attempt may take; 0: no limit. */
  timeout: number
  /** PEM texts, for https. */
  tls: { ca?: string, cert?: string, key?: string, rejectUnauthorized?: boolean }
}
