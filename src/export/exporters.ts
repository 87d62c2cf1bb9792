import { readFileSync } from 'node:fs'
import { say } from '../log'
import type { Span } from '../trace/span'
import { tally, type Destination, type Exporter, type Tally } from './exporter'
import { resourceOf, VERSION, type Resource, type ResourceOptions } from './resource'
import type { Reader, TransportOptions } from './transport'

export interface OtlpOptions {
  otlpTracesEndpoint: string | undefined
  otlpEndpoint: string | undefined
  otlpProtocol: string
  otlpHeaders: Record<string, string>
  otlpCompression: string
  otlpTimeout: number
  otlpCertificate: string | undefined
  otlpClientKey: string | undefined
  otlpClientCertificate: string | undefined
}
export interface ExporterOptions extends OtlpOptions, ResourceOptions, TransportOptions {
  exporters: string[]
  exporterModule: string | undefined
  zipkinEndpoint: string
  zipkinTimeout: number
  file: string
  noColor: string | undefined
}

/** The exporters that the settings name, each with its tally in `tallies`. None of the others is loaded. */
export function exporters (options: ExporterOptions, tallies: Record<string, Tally>): Map<string, Exporter> {
  const resource = resourceOf(options)
  const all = new Map<string, Exporter>()
  const add = (name: string, make: Make): void => {
    const exporter = make(options, resource, tallies[name] = tally())
    if (exporter !== undefined) all.set(name, exporter)
  }
  for (const name of options.exporters) if (name in EXPORTERS) add(name, EXPORTERS[name])
  const { exporterModule } = options
  if (exporterModule !== undefined) {
    add(exporterModule, (options, resource, tally) => {
      const { adapter } = require('./adapter') as typeof import('./adapter')
      const advice = `AUTOSPAN_EXPORTER_MODULE=${exporterModule} is not installed: npm install ${exporterModule.split('#', 1)[0]}`
      return adapter(exporterModule, options, resource, tally, advice)
    })
  }
  return all
}

const GRPC = '@opentelemetry/exporter-trace-otlp-grpc'

/** By the name in OTEL_TRACES_EXPORTER; undefined if it cannot be had, which has been said then. */
type Make = (options: ExporterOptions, resource: Resource, tally: Tally) => Exporter | undefined
const EXPORTERS: Record<string, Make> = {
  otlp (options, resource, tally) {
    if (options.otlpProtocol === 'grpc') {
      const { adapter } = require('./adapter') as typeof import('./adapter')
      const advice = `OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs a package that is not installed, so no span is sent: npm install ${GRPC}`
      return adapter(GRPC, options, resource, tally, advice)
    }
    const { json, protobuf, rejections } = require('./otlp') as typeof import('./otlp')
    const isJson = options.otlpProtocol === 'http/json'
    return posting(isJson ? spans => Buffer.from(json(spans, resource)) : spans => protobuf(spans, resource), {
      url: otlpUrl(options),
      headers: {
        ...options.otlpHeaders,
        'content-type': isJson ? 'application/json' : 'application/x-protobuf',
        'user-agent': `autospan/${VERSION} OTel-OTLP-Exporter-JavaScript/${VERSION}`
      },
      gzip: options.otlpCompression === 'gzip',
      timeout: options.otlpTimeout,
      tls: { ca: pem(options.otlpCertificate), cert: pem(options.otlpClientCertificate), key: pem(options.otlpClientKey) }
    }, options, tally, 'OTEL_TRACES_EXPORTER=console shows spans without a collector, OTEL_EXPORTER_OTLP_ENDPOINT names another one', rejections)
  },

  zipkin (options, resource, tally) {
    const { zipkin } = require('./zipkin') as typeof import('./zipkin')
    return posting(spans => Buffer.from(zipkin(spans, resource)), {
      url: options.zipkinEndpoint,
      headers: { 'content-type': 'application/json', 'user-agent': `autospan/${VERSION}` },
      gzip: false,
      timeout: options.zipkinTimeout,
      tls: {}
    }, options, tally, 'OTEL_TRACES_EXPORTER=console shows spans without a Zipkin, OTEL_EXPORTER_ZIPKIN_ENDPOINT names another one')
  },

  console ({ noColor }, resource, tally) {
    const { consoleExporter } = require('./console') as typeof import('./console')
    return consoleExporter(String(resource['service.name']), noColor !== undefined, tally)
  },

  file ({ file }, resource, tally) {
    const { json } = require('./otlp') as typeof import('./otlp')
    const { fileExporter } = require('./file') as typeof import('./file')
    return fileExporter(file, spans => json(spans, resource), tally)
  }
}

/** An exporter that encodes a batch and posts it. */
function posting (encode: (spans: Span[]) => Uint8Array, to: Destination, options: TransportOptions, tally: Tally, wayOut: string, read?: Reader): Exporter {
  const { Transport } = require('./transport') as typeof import('./transport')
  const transport = new Transport(to, options, tally, wayOut, read)
  return {
    export: spans => transport.take(encode(spans), spans.length),
    get busy () { return transport.busy },
    idle: hurry => transport.idle(hurry),
    abandon: () => transport.abandon(),
    last: () => transport.last()
  }
}

/** OTEL_EXPORTER_OTLP_TRACES_ENDPOINT as it is, else the path of traces on the base. */
function otlpUrl ({ otlpTracesEndpoint, otlpEndpoint = 'http://localhost:4318' }: OtlpOptions): string {
  return otlpTracesEndpoint ?? `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`
}

function pem (file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try { return readFileSync(file, 'utf8') } catch (error) {
    say('warn', `${file} cannot be read (${(error as NodeJS.ErrnoException).code}); it is left out`)
    return undefined
  }
}
