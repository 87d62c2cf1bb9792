import { opentelemetry as register, type Patch } from '../src/patch'

export const opentelemetry: Patch = {
  about: 'spans, context and baggage that the application or another library makes by OpenTelemetry\'s API',
  parts: [{ module: '@opentelemetry/api', versions: '>=1 <2', place: { key: Symbol.for('opentelemetry.js.api.1'), asked: register } }]
}
