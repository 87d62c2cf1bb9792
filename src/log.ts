import { writeSync } from 'node:fs'
import { redacted } from './secret'

/** The one voice. It speaks on stderr, for stdout belongs to the application, and never twice. */
export type Level = 'error' | 'warn' | 'info' | 'debug'
const REMEMBERED = 1000
const RANK: Record<string, number> = { none: 0, error: 1, warn: 2, info: 3, debug: 4, verbose: 4, all: 4 }
// One for the whole process, though there may be several copies of this file in it.
const voice: { rank: number, said: Set<string> } = ((globalThis as any)[Symbol.for('autospan.voice')] ??= { rank: RANK.info, said: new Set() })

/** `OTEL_LOG_LEVEL`: none, error, warn, info, debug (verbose, all). */
export function speakAt (level: string): void { voice.rank = RANK[level] ?? RANK.info }

/** What an error says of itself, whatever it is. */
export function messageOf (error: unknown): string {
  try { return String((error as Error)?.message ?? error) } catch { return 'an error that cannot be shown' }
}

/** One line on stderr, without the secrets of URLs in it; what is among the last thousand that were said is not said again. */
export function say (level: Level, words: string): void {
  if (RANK[level] > voice.rank) return
  const text = redacted(words)
  if (voice.said.has(text)) return
  voice.said.add(text)
  if (voice.said.size > REMEMBERED) voice.said.delete(voice.said.values().next().value!)
  // Not process.stderr: it is made when it is first touched, and a reader that went away would be an error event of the application's.
  try { writeSync(2, `autospan: ${text}\n`) } catch { /* a closed stderr is no reason to fail */ }
}
