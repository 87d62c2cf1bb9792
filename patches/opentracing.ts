import { jaegerClient, opentracing as register, type Patch } from '../src/patch'

export const opentracing: Patch = {
  about: 'spans, context and baggage that the application makes by OpenTracing\'s API or by jaeger-client',
  parts: [
    { module: 'opentracing', versions: '>=0.13 <1', file: 'lib/global_tracer.js', loaded: register },
    { module: 'jaeger-client', versions: '>=3.2 <4', file: 'dist/src/configuration.js', loaded: jaegerClient }
  ]
}
