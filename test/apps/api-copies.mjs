// The newest API is a native ES module; the others are CommonJS, whoever imports them.
import { context, trace } from 'api-1.10'
import { trace as older } from '@opentelemetry/api'
import { createRequire } from 'node:module'

const required = createRequire(import.meta.url)('api-1.10')
const tracer = trace.getTracer('es', '1')

await tracer.startActiveSpan('imported', async span => {
  await new Promise(resolve => setTimeout(resolve, 1))
  older.getTracer('older').startActiveSpan('an older one', span => {
    required.trace.getTracer('required').startSpan('the same, required').end()
    span.end()
  })
  console.log(trace.getActiveSpan() === span, context.active() !== undefined)
  span.end()
})
