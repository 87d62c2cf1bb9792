import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { messageOf, say } from '../log'

/** Load packages of instrumentations on OpenTelemetry's API as the application would load them, and enable what they export. */
export function instrument (names: string[]): void {
  const folder = process.argv[1] === undefined ? process.cwd() : dirname(process.argv[1])
  for (const name of names) {
    try {
      if (enabled(createRequire(join(folder, 'index.js'))(name)) === 0) say('warn', `AUTOSPAN_OTEL_INSTRUMENTATIONS: ${name} exports no instrumentation`)
    } catch (error) {
      say('warn', `AUTOSPAN_OTEL_INSTRUMENTATIONS: ${name} cannot be used: ${messageOf(error).split('\n', 1)[0]}`)
    }
  }
}

/** How many there are: classes, and lists as `getNodeAutoInstrumentations` makes one of instances. */
function enabled (exports: any): number {
  let count = 0
  for (const value of new Set([exports, ...Object.values(exports)]) as Set<any>) {
    if (typeof value !== 'function') continue
    if (isInstrumentation(value.prototype)) {
      new value()
      count++
    } else if (/^get\w*Instrumentations$/.test(value.name)) count += value().length
  }
  return count
}

/** Such a class enables what it makes. */
const isInstrumentation = (prototype: any): boolean => typeof prototype?.enable === 'function' && typeof prototype.setTracerProvider === 'function'
