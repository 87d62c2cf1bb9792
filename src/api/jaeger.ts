import { callApplication } from '../export/resource'
import { fuseOf } from '../hook/fuse'
import { say } from '../log'
import { mimic } from '../trace/context'
import { Tracer, tracer } from './opentracing'

const fuse = fuseOf('opentracing')

/** Its global tracer hands on to the one that was set last: to ours, until the application sets one of its own. */
export function opentracing (globals: any): void { globals.initGlobalTracer(tracer) }

/** A tracer that is made of a configuration, or of the environment, is one of ours; what is switched off or wrong stays the package's business. */
export function jaegerClient ({ default: Configuration }: any): void {
  const original = Configuration.initTracer
  Configuration.initTracer = mimic(original, function (this: unknown, config?: { disable?: boolean, serviceName?: string }) {
    if (fuse.off || !config?.serviceName || config.disable === true) return original.apply(this, arguments)
    say('info', 'the spans of jaeger-client go where autospan\'s go; its own sampler and reporter are not started')
    callApplication(config.serviceName)
    return new Tracer()
  })
}
