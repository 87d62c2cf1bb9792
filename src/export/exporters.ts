import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { messageOf, say } from '../log'
import type { Span } from '../trace/span'
import { tally, type Destination, type Exporter, type Tally } from './exporter'
import { resourceOf, VERSION, type Resource, type ResourceOptions } from './resource'
import type { Spool, SpoolOptions } from './spool'
import type { Reader, Transport, TransportOptions } from './transport'

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
export interface JaegerOptions {
  jaegerProtocol: string
  jaegerEndpoint: string | undefined
  jaegerHost: string | undefined
  /** NaN: the one that the protocol has. */
  jaegerPort: number
  jaegerUser: string | undefined
  jaegerPassword: string | undefined
  jaegerTimeout: number
}
export interface ExporterOptions extends OtlpOptions, JaegerOptions, ResourceOptions, SpoolOptions, TransportOptions {
  exporters: string[]
  exporterModule: string | undefined
  zipkinEndpoint: string
  zipkinTimeout: number
  file: string
  logFile: string | undefined
  noColor: string | undefined
}

/** The exporters that the settings name, each with its tally in `tallies`. None of the others is loaded. */
export function exporters (options: ExporterOptions, tallies: Record<string, Tally>): Map<string, Exporter> {
  const resource = resourceOf(options)
  const all = new Map<string, Exporter>()
  const add = (name: string, make: Make): void => {
    try {
      const exporter = make(options, resource, tallies[name] = tally())
      if (exporter !== undefined) all.set(name, exporter)
    } catch (error) {
      const { input = '' } = error as { input?: string }   // of what is no URL
      say('warn', `the exporter '${name}' cannot be used: ${messageOf(error)} ${input}`.trim())
    }
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
    const { otlpTracesEndpoint, otlpEndpoint } = options
    const url = otlpTracesEndpoint ?? (otlpEndpoint === undefined ? jaegerUrl(options) ?? OTLP : otlpEndpoint.replace(/\/*(?=[?#]|$)/, '/v1/traces'))
    return otlp(url, options, resource, tally, 'OTEL_TRACES_EXPORTER=console shows spans without a collector, OTEL_EXPORTER_OTLP_ENDPOINT names another one')
  },

  jaeger (options, resource, tally) {
    const { jaegerProtocol, jaegerEndpoint, jaegerHost = 'localhost', jaegerPort, jaegerUser, jaegerPassword = '', jaegerTimeout } = options
    const advice = 'JAEGER_AGENT_HOST and JAEGER_ENDPOINT name another Jaeger, AUTOSPAN_JAEGER_PROTOCOL how an older one is spoken to'
    if (jaegerProtocol === 'otlp') return otlp(jaegerUrl(options) ?? OTLP, options, resource, tally, advice)
    const { batch, packets } = require('./jaeger') as typeof import('./jaeger')
    if (jaegerProtocol === 'http/thrift.binary') {
      return posting(spans => batch('binary', spans, resource), {
        url: jaegerEndpoint ?? `http://${bracketed(jaegerHost)}:14268/api/traces`,
        headers: {
          'content-type': 'application/x-thrift',
          'user-agent': `autospan/${VERSION}`,
          ...(jaegerUser !== undefined && { authorization: `Basic ${Buffer.from(`${jaegerUser}:${jaegerPassword}`).toString('base64')}` })
        },
        gzip: false,
        timeout: jaegerTimeout,
        tls: {}
      }, options, tally, advice)
    }
    const isCompact = jaegerProtocol === 'udp/thrift.compact'
    const url = `udp://${bracketed(jaegerHost)}:${Number.isNaN(jaegerPort) ? isCompact ? 6831 : 6832 : jaegerPort}`
    return sending(take => spans => {
      const made = packets(isCompact ? 'compact' : 'binary', spans, resource, LARGEST_PACKET)
      for (const { body, spans } of made.packets) take(body, spans)
      if (made.large === 0) return
      tally.dropped.large += made.large
      say('warn', `a span of more than ${LARGEST_PACKET} bytes is dropped: it fits into no packet for ${url} (OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT)`)
    }, { url, headers: {}, gzip: false, timeout: 0, tls: {} }, options, tally, advice)
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
    return fileExporter(file, spans => `${json(spans, resource)}\n`, tally, 'AUTOSPAN_FILE')
  },

  log ({ logFile = STDERR }, resource, tally) {
    const { lines } = require('./lines') as typeof import('./lines')
    const { fileExporter } = require('./file') as typeof import('./file')
    return fileExporter(logFile, spans => lines(spans, resource), tally, 'AUTOSPAN_LOG_FILE')
  }
}

/** As an open file, which is written at once: nothing of it is made or kept open for us. */
const STDERR = 2
const OTLP = 'http://localhost:4318/v1/traces'
/** What Jaeger's clients send to its agent at once, at most. */
const LARGEST_PACKET = 65_000

function otlp (url: string, options: OtlpOptions & SpoolOptions & TransportOptions, resource: Resource, tally: Tally, wayOut: string): Exporter {
  const { json, protobuf, rejections } = require('./otlp') as typeof import('./otlp')
  const isJson = options.otlpProtocol === 'http/json'
  return posting(isJson ? spans => Buffer.from(json(spans, resource)) : spans => protobuf(spans, resource), {
    url,
    headers: {
      ...options.otlpHeaders,
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
      'user-agent': `autospan/${VERSION} OTel-OTLP-Exporter-JavaScript/${VERSION}`
    },
    gzip: options.otlpCompression === 'gzip',
    timeout: options.otlpTimeout,
    tls: { ca: pem(options.otlpCertificate), cert: pem(options.otlpClientCertificate), key: pem(options.otlpClientKey) }
  }, options, tally, wayOut, rejections)
}

/** An exporter that encodes a batch and posts it. */
const posting = (encode: (spans: Span[]) => Uint8Array, to: Destination, options: SpoolOptions & TransportOptions, tally: Tally, wayOut: string, read?: Reader): Exporter =>
  sending(take => spans => take(encode(spans), spans.length), to, options, tally, wayOut, read)

/** An exporter that makes parcels of a batch, which a transport brings away. */
function sending (exporting: (take: Transport['take']) => Exporter['export'], to: Destination, options: SpoolOptions & TransportOptions, tally: Tally, wayOut: string, read?: Reader): Exporter {
  const { Transport } = require('./transport') as typeof import('./transport')
  const spool = options.spool === undefined ? undefined : spoolOf(options.spool, options.spoolBytes, to)
  const transport = new Transport(to, options, tally, wayOut, read, spool)
  return {
    export: exporting((body, spans) => transport.take(body, spans)),
    get busy () { return transport.busy },
    idle: hurry => transport.idle(hurry),
    abandon: () => transport.abandon(),
    last: () => transport.last()
  }
}

/** Batches of one form that wait for one address, whoever wrote them. */
function spoolOf (folder: string, bytes: number, { url, headers }: Destination): Spool {
  const { Spool } = require('./spool') as typeof import('./spool')
  return new Spool(folder, bytes, createHash('sha256').update(`${url} ${headers['content-type'] ?? ''}`).digest('hex').slice(0, 16))
}

/** Where the Jaeger that its own variables name takes OTLP; undefined if they name none. */
function jaegerUrl ({ jaegerEndpoint, jaegerHost }: JaegerOptions): string | undefined {
  if (jaegerEndpoint === undefined) return jaegerHost === undefined ? undefined : `http://${bracketed(jaegerHost)}:4318/v1/traces`
  const { protocol, hostname } = new URL(jaegerEndpoint)
  if (!/^https?:$/.test(protocol)) throw new Error(`no URL of http or https: ${jaegerEndpoint}`)
  return `${protocol}//${hostname}:4318/v1/traces`
}
/** A host as it stands in a URL. */
const bracketed = (host: string): string => host.includes(':') && !host.startsWith('[') ? `[${host}]` : host

function pem (file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try { return readFileSync(file, 'utf8') } catch (error) {
    say('warn', `${file} cannot be read (${(error as NodeJS.ErrnoException).code}); it is left out`)
    return undefined
  }
}
