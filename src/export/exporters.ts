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
}

/** The exporters that the settings name, each with its tally in `tallies`. None of the others is loaded. */
export function exporters (options: ExporterOptions, tallies: Record<string, Tally>): Map<string, Exporter> {
  const resource = resourceOf(options)
  const all = new Map<string, Exporter>()
  for (const name of options.exporters) {
    const make = EXPORTERS[name]
    if (make !== undefined) all.set(name, make(options, resource, tallies[name] = tally()))
  }
  return all
}

type Make = (options: ExporterOptions, resource: Resource, tally: Tally) => Exporter
const EXPORTERS: Record<string, Make> = {
  otlp (options, resource, tally) {
    const { json, protobuf, rejections } = require('./otlp') as typeof import('./otlp')
    const isJson = options.otlpProtocol === 'http/json'
    const to: Destination = {
      url: otlpUrl(options),
      headers: {
        'content-type': isJson ? 'application/json' : 'application/x-protobuf',
        'user-agent': `autospan/${VERSION} OTel-OTLP-Exporter-JavaScript/${VERSION}`,
        ...options.otlpHeaders
      },
      gzip: options.otlpCompression === 'gzip',
      timeout: options.otlpTimeout,
      tls: { ca: pem(options.otlpCertificate), cert: pem(options.otlpClientCertificate), key: pem(options.otlpClientKey) }
    }
    const encode = isJson ? (spans: Span[]) => Buffer.from(json(spans, resource)) : (spans: Span[]) => protobuf(spans, resource)
    return overHttp(encode, to, options, tally, 'OTEL_TRACES_EXPORTER=console shows spans without a collector, OTEL_EXPORTER_OTLP_ENDPOINT names another one', rejections)
  }
}

/** An exporter that encodes a batch and posts it. */
function overHttp (encode: (spans: Span[]) => Uint8Array, to: Destination, options: TransportOptions, tally: Tally, wayOut: string, read?: Reader): Exporter {
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
