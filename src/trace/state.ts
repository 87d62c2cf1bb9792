/** The `tracestate` of a span, as OpenTelemetry's API shows it: immutable, the newest member first. */
export class TraceState {
  private readonly header: string
  constructor (header: string) { this.header = header }
  get (key: string): string | undefined { return this.members().find(([name]) => name === key)?.[1] }
  set (key: string, value: string): TraceState { return new TraceState([`${key}=${value}`, ...this.without(key)].slice(0, 32).join(',')) }
  unset (key: string): TraceState { return new TraceState(this.without(key).join(',')) }
  serialize (): string { return this.header }
  private members (): string[][] {
    return this.header.split(',').map(member => { const at = member.indexOf('='); return [member.slice(0, at), member.slice(at + 1)] })
  }

  private without (key: string): string[] { return this.members().filter(([name]) => name !== key).map(member => member.join('=')) }
}

/** The text of a trace state that anybody may have made; undefined if there is none, or what is there is none. Never throws. */
export function serialized (state: { serialize (): string } | null | undefined): string | undefined {
  if (state === undefined || state === null) return undefined
  try {
    const text: unknown = state.serialize()
    return typeof text === 'string' ? text : undefined
  } catch { return undefined }
}
