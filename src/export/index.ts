import type { Span } from '../trace/span'
export function pipeline (_settings: unknown): (span: Span) => void {
  const spans: Span[] = []
  process.on('exit', () => { for (const s of spans) process.stderr.write(`${s.parent}>${s.id} ${s.name} ${s.kind} ${JSON.stringify(s.attributes)} ${s.error}\n`) })
  return span => { spans.push(span) }
}
