import { isToken } from './header'
import { say } from './log'
import { isSecret } from './secret'

/** One row of the table: where a setting is read, how, and what the README says of it. */
export interface Setting<T> {
  name: string
  /** The value if nothing is set. */
  fallback: T
  about: string
  /** The value of a text; undefined if it is no good. Where only a part is no good it complains of that part, and goes on without. */
  parse (text: string, complain: (part: string) => void): T | undefined
  /** What would have been good, in a few words. */
  wants: string
  /** Other names of the same setting, of lower priority. */
  also?: string[]
  /** Its value is never shown. */
  secret?: boolean
}

const setting = <T>(wants: string, parse: Setting<T>['parse']) =>
  (name: string, fallback: T, about: string, ...also: string[]): Setting<T> => ({ name, fallback, about, parse, wants, also })

const text = setting<string>('a text', text => text)
const optional = setting<string | undefined>('a text', text => text)
// OpenTelemetry: only `true` is true, anything that is neither is warned of and false.
const flag = setting<boolean>('true or false', text => /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined)
const onOff = setting<boolean>('on or off', text => /^(on|true|yes|1)$/i.test(text) ? true : /^(off|false|no|0)$/i.test(text) ? false : undefined)
const whole = (least: number, most = Infinity) => setting<number>(`a whole number from ${least} ${most === Infinity ? 'on' : `to ${most}`}`, text =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined)
/** What a timer of Node's can wait for; with more it would not wait at all. */
const LONGEST = 2 ** 31 - 1
const millis = whole(0, LONGEST)
const count = whole(1)
const limit = whole(0)
const items = (text: string): string[] => [...new Set(text.split(',').map(item => item.trim()).filter(item => item !== ''))]
const list = setting<string[]>('names, with commas between them', items)
const headers = setting<string[]>('names of headers with commas between them, none that is secret by its name', (text, complain) =>
  items(text.toLowerCase()).filter(name => (isToken(name) && !/cookie/.test(name) && !isSecret(name)) || complain(name)))
const fields = setting<string[]>('one to three names, with commas between them', text => {
  const names = items(text)
  return names.length > 0 && names.length <= 3 ? names : undefined
})
const oneOf = (...names: string[]) => setting<string>(names.join(', '), text => names.find(name => name === text.toLowerCase()))
const maybe = (...names: string[]) => setting<string | undefined>(names.join(', '), text => names.find(name => name === text.toLowerCase()))
const someOf = (...names: string[]) => setting<string[]>(names.join(', '), (text, complain) => {
  const chosen = items(text.toLowerCase()).filter(name => names.includes(name) || complain(name))
  return chosen.length > 0 ? chosen : undefined
})
const duration = setting<number>('milliseconds, or seconds and minutes as in 30s and 1m, of up to 24 days', text => {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|)$/.exec(text) ?? []
  const milliseconds = Number(digits) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 1)
  return milliseconds <= LONGEST ? milliseconds : undefined
})
const shares = setting<Array<{ method: string | undefined, path: string, share: number }>>('pairs of what is asked and a share from 0 to 1, as in GET /health*=0, *=0.1', text => {
  const rules = text.split(',').map(rule => /^\s*(?:([A-Za-z]+)\s+)?(\*|\*?\/\S*?)\s*=\s*([0-9.]+)\s*$/.exec(rule))
  const found = rules.map(match => ({ method: match?.[1]?.toUpperCase(), path: match?.[2] ?? '', share: Number(match?.[3]) }))
  return found.every(({ share }) => share >= 0 && share <= 1) ? found : undefined
})
const keep = setting<{ errors: boolean, slow: number } | undefined>('errors, slow:<milliseconds>, or both with a comma between them', (text, complain) => {
  const found = { errors: false, slow: Infinity }
  for (const item of items(text.toLowerCase())) {
    const [, slow] = /^slow:(\d+)$/.exec(item) ?? []
    if (slow !== undefined) found.slow = Number(slow)
    else if (item === 'errors') found.errors = true
    else complain(item)
  }
  return found.errors || found.slow < Infinity ? found : undefined
})
const signal = setting<NodeJS.Signals | undefined>('SIGUSR1, SIGUSR2 or SIGHUP', text => /^SIG(USR1|USR2|HUP)$/.test(text) ? text as NodeJS.Signals : undefined)
const pattern = setting<RegExp | undefined>('a regular expression that does not match an empty text', text => {
  const [, source = text, flags = ''] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? []
  try {
    const found = new RegExp(source, `${flags}g`)
    return found.test('') ? undefined : found
  } catch { return undefined }
})
const references = setting<Record<string, string>>('key=value pairs with commas between them', parseReferences)
// In Kubernetes a service of that name makes such a variable with a URL in it, for another purpose.
const port = setting<number>('the number of a port', text => /^(tcp|udp):/.test(text) ? NaN : /^\d+$/.test(text) && Number(text) > 0 && Number(text) < 65536 ? Number(text) : undefined)
const targets = setting<Array<{ module: string, names: string[] }>>('modules and what to trace of them, as in ./dist/services/*.js#OrderService.place,price; some-package#fn', (text, complain) => {
  const found = text.split(';').map(item => item.trim()).filter(item => item !== '').flatMap(item => {
    const at = item.lastIndexOf('#')
    const target = { module: item.slice(0, Math.max(at, 0)).trim(), names: items(item.slice(at + 1)) }
    return target.module !== '' && target.names.length > 0 ? [target] : (complain(item), [])
  })
  return found.length > 0 ? found : undefined
})
const pairs = setting<Record<string, string>>('key=value pairs, percent-encoded, with commas between them', parsePairs)

const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'ratelimiting', 'jaeger_remote']
const OTLP = ['grpc', 'http/protobuf', 'http/json']
/** OTEL_EXPORTER_OTLP_TRACES_X goes before OTEL_EXPORTER_OTLP_X. */
const otlp = (name: string): [string, string] => [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]

/** Every setting. OpenTelemetry's names wherever its specification has one. */
export const SETTINGS = {
  sdkDisabled: flag('OTEL_SDK_DISABLED', false, '`true`: nothing is patched, nothing is loaded.', 'JAEGER_DISABLED'),
  enabled: onOff('AUTOSPAN_ENABLED', true, '`false`: the same, in our own words.'),
  logLevel: oneOf('none', 'error', 'warn', 'info', 'debug', 'verbose', 'all')('OTEL_LOG_LEVEL', 'info', 'What autospan says on stderr: `none`, `error`, `warn`, `info`, `debug`.'),
  serviceName: optional('OTEL_SERVICE_NAME', undefined, 'The name of this service. Else `service.name` of OTEL_RESOURCE_ATTRIBUTES, else JAEGER_SERVICE_NAME, else the name that jaeger-client is given, else the `name` in the application\'s package.json, else `unknown_service:node`.'),
  jaegerServiceName: optional('JAEGER_SERVICE_NAME', undefined, 'The name of this service, if it has no other.'),
  resource: pairs('OTEL_RESOURCE_ATTRIBUTES', {}, 'More attributes of the resource, `key=value,key=value`, percent-encoded.'),
  propagators: someOf('tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'ottrace', 'xray', 'none')('OTEL_PROPAGATORS', ['tracecontext', 'baggage'], 'The formats of the context in headers, in order: `tracecontext`, `baggage`, `b3` (one header), `b3multi` (several), `jaeger`, `ottrace`, `xray`, `none`. All are written, and the first that is there and valid is read.'),
  trustDebug: flag('AUTOSPAN_TRUST_DEBUG', true, '`false`: a debug flag from outside (`b3: d`, `X-B3-Flags: 1`, Jaeger\'s flag 2, `jaeger-debug-id`) forces no recording.'),
  sharedSpans: flag('AUTOSPAN_SHARED_SPANS', false, '`true`, with `b3` or `b3multi`: a server goes on with its caller\'s span, as in Zipkin, and tells its parent in `X-B3-ParentSpanId`.'),
  propagateTo: list('AUTOSPAN_PROPAGATE_TO', [], 'The hosts that are told of the trace by headers: globs, as in `*.internal,localhost`. All, if nothing is set.'),
  sampler: oneOf(...SAMPLERS, ...SAMPLERS.map(name => `parentbased_${name}`))('OTEL_TRACES_SAMPLER', 'parentbased_always_on', 'Which traces are recorded: `always_on`, `always_off`, `traceidratio`, `ratelimiting` (traces a second), `jaeger_remote` (what a Jaeger collector says), and each with `parentbased_` in front: then a caller\'s decision holds.'),
  samplerArg: optional('OTEL_TRACES_SAMPLER_ARG', undefined, 'For `traceidratio` a share from 0 to 1, for `ratelimiting` traces a second, for `jaeger_remote` as in `endpoint=http://localhost:5778,pollingIntervalMs=60000,initialSamplingRate=0.25`.'),
  sample: shares('AUTOSPAN_SAMPLE', [], 'The share of what is asked, by method and path: `GET /health*=0, POST /orders/**=1, *=0.1`. The first that fits decides; where none does, the sampler. A caller\'s decision holds as the sampler says.'),
  keep: keep('AUTOSPAN_KEEP', undefined, '`errors,slow:500`: of the traces that the sampler did not choose, the spans of this process are exported all the same if one of them failed, or if the first one took 500 ms.'),
  keepSpans: count('AUTOSPAN_KEEP_SPANS', 10_000, 'Spans that may wait until that is known; the oldest trace gives way, and that is counted.'),
  keepBytes: count('AUTOSPAN_KEEP_BYTES', 16 * 1024 * 1024, 'The same, in bytes of memory, about.'),
  jaegerSampler: maybe('const', 'probabilistic', 'ratelimiting', 'remote')('JAEGER_SAMPLER_TYPE', undefined, 'If `OTEL_TRACES_SAMPLER` is not set: `const`, `probabilistic`, `ratelimiting`, `remote`; a caller\'s decision holds.'),
  jaegerSamplerParam: optional('JAEGER_SAMPLER_PARAM', undefined, 'Its parameter: 0 or 1, a share, traces a second, the share until the collector has answered.'),
  jaegerSampling: text('JAEGER_SAMPLING_ENDPOINT', 'http://localhost:5778/sampling', 'Where the strategies of `jaeger_remote` are read.', 'JAEGER_SAMPLER_MANAGER_HOST_PORT'),
  jaegerRefresh: duration('JAEGER_SAMPLER_REFRESH_INTERVAL', 60_000, 'How often: milliseconds, or as in `30s` and `1m`.'),
  jaegerOperations: count('JAEGER_SAMPLER_MAX_OPERATIONS', 2000, 'How many operations a strategy may name.'),
  maxTraceAge: duration('AUTOSPAN_MAX_TRACE_AGE', Infinity, 'A timer, a queue or a listener that outlives its request goes on in its trace. A trace that began longer ago gets no more spans: what is done beneath it begins a trace of its own, with a link to the old one. Milliseconds, or as in `30s` and `5m`; 0: no limit.'),
  exporters: someOf('otlp', 'zipkin', 'jaeger', 'console', 'file', 'log', 'none')('OTEL_TRACES_EXPORTER', ['otlp'], 'Where spans go: `otlp`, `zipkin`, `jaeger`, `console`, `file`, `log`, `none`; several with commas between them.'),
  exporterModule: optional('AUTOSPAN_EXPORTER_MODULE', undefined, 'A package with a class of OpenTelemetry\'s `SpanExporter` interface; spans go there too.'),
  otlpTracesEndpoint: optional('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', undefined, 'The URL that traces are sent to, as it is.'),
  otlpEndpoint: optional('OTEL_EXPORTER_OTLP_ENDPOINT', undefined, 'The base of that URL; `/v1/traces` is added. Default `http://localhost:4318`, for grpc `http://localhost:4317`.'),
  otlpProtocol: oneOf(...OTLP)(otlp('PROTOCOL')[0], 'http/protobuf', '`http/protobuf`, `http/json`, or `grpc` (needs @opentelemetry/exporter-trace-otlp-grpc installed).', otlp('PROTOCOL')[1]),
  otlpHeaders: { ...pairs(otlp('HEADERS')[0], {}, 'Headers to send along, `key=value,key=value`, percent-encoded.', otlp('HEADERS')[1]), secret: true },
  otlpCompression: oneOf('none', 'gzip')(otlp('COMPRESSION')[0], 'none', '`gzip` or `none`.', otlp('COMPRESSION')[1]),
  otlpTimeout: millis(otlp('TIMEOUT')[0], 10000, 'Milliseconds that a batch may take; 0: no limit.', otlp('TIMEOUT')[1]),
  otlpCertificate: optional(otlp('CERTIFICATE')[0], undefined, 'A PEM file: the authority that vouches for the collector.', otlp('CERTIFICATE')[1]),
  otlpClientKey: optional(otlp('CLIENT_KEY')[0], undefined, 'A PEM file: our key, for mutual TLS.', otlp('CLIENT_KEY')[1]),
  otlpClientCertificate: optional(otlp('CLIENT_CERTIFICATE')[0], undefined, 'A PEM file: our certificate chain.', otlp('CLIENT_CERTIFICATE')[1]),
  // The exporter's own package reads it; here its values are checked.
  otlpInsecure: flag(otlp('INSECURE')[0], false, 'For grpc, when the endpoint has no scheme: `true` is without TLS.', otlp('INSECURE')[1]),
  zipkinEndpoint: text('OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'http://localhost:9411/api/v2/spans', 'The URL of a Zipkin.'),
  zipkinTimeout: millis('OTEL_EXPORTER_ZIPKIN_TIMEOUT', 10000, 'Milliseconds that a batch may take.'),
  jaegerProtocol: oneOf('otlp', 'udp/thrift.compact', 'udp/thrift.binary', 'http/thrift.binary')('AUTOSPAN_JAEGER_PROTOCOL', 'otlp', 'How the exporter `jaeger` speaks: `otlp` to port 4318, which Jaeger takes from 1.35 on; to an older one `udp/thrift.compact` (port 6831) or `udp/thrift.binary` (6832) to its agent, `http/thrift.binary` (14268) to its collector.', 'OTEL_EXPORTER_JAEGER_PROTOCOL'),
  jaegerEndpoint: optional('OTEL_EXPORTER_JAEGER_ENDPOINT', undefined, 'The URL of a Jaeger collector for `http/thrift.binary`, `http://localhost:14268/api/traces` if nothing is set. For `otlp` its host counts, where OTEL_EXPORTER_OTLP_ENDPOINT names none.', 'JAEGER_ENDPOINT'),
  jaegerHost: optional('OTEL_EXPORTER_JAEGER_AGENT_HOST', undefined, 'The host of a Jaeger agent. Default `localhost`; it counts for the other protocols, too, where there is no endpoint.', 'JAEGER_AGENT_HOST'),
  jaegerPort: port('OTEL_EXPORTER_JAEGER_AGENT_PORT', NaN, 'The port of a Jaeger agent, if it is another one.', 'JAEGER_AGENT_PORT'),
  jaegerUser: optional('OTEL_EXPORTER_JAEGER_USER', undefined, 'The user for `http/thrift.binary`.', 'JAEGER_USER'),
  jaegerPassword: { ...optional('OTEL_EXPORTER_JAEGER_PASSWORD', undefined, 'His password.', 'JAEGER_PASSWORD'), secret: true },
  jaegerTimeout: millis('OTEL_EXPORTER_JAEGER_TIMEOUT', 10000, 'Milliseconds that a batch may take.'),
  jaegerTags: references('JAEGER_TAGS', {}, 'More attributes of the resource, `key=value,key=${VARIABLE:default}`; OTEL_RESOURCE_ATTRIBUTES goes first.'),
  logFile: optional('AUTOSPAN_LOG_FILE', undefined, 'The file of the exporter `log`: one span a line, in JSON. On stderr, if nothing is set.'),
  file: text('AUTOSPAN_FILE', 'spans.jsonl', 'The file of the exporter `file`: one OTLP request a line, in JSON.'),
  noColor: optional('NO_COLOR', undefined, 'Anything: the exporter `console` uses no colours. It uses none when piped, either.'),
  scheduleDelay: millis('OTEL_BSP_SCHEDULE_DELAY', 5000, 'Milliseconds between two batches.'),
  exportTimeout: millis('OTEL_BSP_EXPORT_TIMEOUT', 30000, 'Milliseconds that an export may take with all its retries.'),
  queueSize: count('OTEL_BSP_MAX_QUEUE_SIZE', 2048, 'Spans that may wait; what comes on top is dropped and counted.'),
  batchSize: count('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, 'Spans in a batch, at most.'),
  attributeLength: limit('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', Infinity, 'Characters of an attribute\'s text, at most.'),
  attributeCount: limit('OTEL_ATTRIBUTE_COUNT_LIMIT', 128, 'Attributes of anything, at most.'),
  spanAttributeLength: limit('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', NaN, 'The same for spans alone.'),
  spanAttributeCount: limit('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', NaN, 'The same for spans alone.'),
  spanEvents: limit('OTEL_SPAN_EVENT_COUNT_LIMIT', 128, 'Events of a span, at most.'),
  spanLinks: limit('OTEL_SPAN_LINK_COUNT_LIMIT', 128, 'Links of a span, at most.'),
  eventAttributes: limit('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', NaN, 'Attributes of an event, at most, if that is to differ from OTEL_ATTRIBUTE_COUNT_LIMIT.'),
  linkAttributes: limit('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', NaN, 'Attributes of a link, at most, if that is to differ from OTEL_ATTRIBUTE_COUNT_LIMIT.'),
  redact: { ...pattern('AUTOSPAN_REDACT', undefined, 'A regular expression, as in `\\b\\d{16}\\b` or `/password is \\S+/i`: what it matches in the names, attributes, events and errors of spans becomes `REDACTED`, beside the secrets that are redacted anyway. Of a text its first 16,384 characters are looked at, and told.'), secret: true },
  spool: optional('AUTOSPAN_SPOOL', undefined, 'A folder: what could not be sent waits there in files, also for the next process, which sends it with its first batch.'),
  spoolBytes: count('AUTOSPAN_SPOOL_BYTES', 64 * 1024 * 1024, 'Bytes that may wait there.'),
  signals: onOff('AUTOSPAN_SIGNALS', true, '`off`: a process that dies of SIGTERM, SIGINT or SIGHUP does so on the spot, and what it has not sent is lost.'),
  knownMethods: list('OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'], 'The HTTP methods that are told by their name; another one is `_OTHER`.'),
  serverRequestHeaders: headers('OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS', [], 'Headers of requests received that are told, as `http.request.header.<name>`: `content-type,x-tenant`. Never `authorization`, cookies, and others that are secret by their name.'),
  serverResponseHeaders: headers('OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS', [], 'The same of the responses to them, as `http.response.header.<name>`.'),
  clientRequestHeaders: headers('OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS', [], 'The same of requests sent, by http and by fetch.'),
  clientResponseHeaders: headers('OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_RESPONSE_HEADERS', [], 'The same of the responses to them.'),
  trace: targets('AUTOSPAN_TRACE', [], 'Functions and methods of your own, by module and name: `./dist/services/*.js#OrderService.place,price; some-package#fn`. A module is a path from where the program is started, with globs, or a package; a name is an exported function, `Class.method`, `object.method`, `default`, or `*` for all exported functions (those of its own, of an ES module).'),
  toggleSignal: signal('AUTOSPAN_TOGGLE_SIGNAL', undefined, 'A signal that switches all tracing off, and on again: `SIGUSR2`, `SIGUSR1` or `SIGHUP`.'),
  level: oneOf('info', 'debug')('AUTOSPAN_LEVEL', 'info', '`debug`: spans that the application makes by autospan\'s own calls are made, too, where they are of level `debug`.'),
  enabledPatches: list('OTEL_NODE_ENABLED_INSTRUMENTATIONS', [], 'Only these patches, by their names in the table above.'),
  disabledPatches: list('OTEL_NODE_DISABLED_INSTRUMENTATIONS', [], 'Not these patches.'),
  requireParent: list('AUTOSPAN_REQUIRE_PARENT', [], 'Patches whose calls are traced only beneath another span, by their names in the table above, as in `redis,ioredis,pg`: what a program asks of these outside of any request begins no trace, and nobody is told of one. What is received is traced all the same.'),
  logFields: fields('AUTOSPAN_LOG_FIELDS', ['trace_id', 'span_id', 'trace_flags'], 'The fields that log records made in a trace get, in this order: `trace_id,span_id` leaves the flags out, `trace.id,span.id` are Elastic\'s names. A record that has one of them already stays as it is.'),
  otelInstrumentations: list('AUTOSPAN_OTEL_INSTRUMENTATIONS', [], 'Packages with instrumentations on OpenTelemetry\'s API, for libraries that autospan does not know: they are loaded from the application\'s folder and enabled, as in `@opentelemetry/instrumentation-kafkajs,@prisma/instrumentation`.'),
  ignoreIncoming: list('AUTOSPAN_IGNORE_INCOMING', [], 'Requests that are not traced, nor anything beneath them: path globs with or without a method, as in `/healthz,GET /metrics,/static/**`.'),
  ignoreOutgoing: list('AUTOSPAN_IGNORE_OUTGOING', [], 'Hosts to which requests are neither traced nor told of the trace: globs, as in `*.internal,169.254.169.254`.')
}

export type Settings = { [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never }

/** A variable of the environment; empty counts as unset (OpenTelemetry). */
export const environment = (name: string): string | undefined => variables()[name]?.trim() || undefined

/** A copy of all of them, as a process that is started would have them. */
export const allVariables = (): Record<string, string | undefined> => ({ ...process.env })

/** The environment. In its cluster mode pm2 puts the application's variables there after the preloads; until then they stand in one of their own, as JSON. */
function variables (): NodeJS.ProcessEnv {
  const text = isByPm2 ? process.env.pm2_env : undefined
  if (text === undefined) return process.env
  if (text !== promised.text) {
    promised = { text, all: { ...process.env } }
    try {
      for (const [name, value] of Object.entries(JSON.parse(text))) if (typeof value === 'string') promised.all[name] = value
    } catch { /* it is not pm2's */ }
  }
  return promised.all
}
const isByPm2 = process.env.pm2_env !== undefined
let promised: { text: string | undefined, all: NodeJS.ProcessEnv } = { text: undefined, all: {} }

/** A variable that was meant for us alone: it is gone then, and no process that is started has it. */
export function take (name: string): string | undefined {
  const value = environment(name)
  if (value !== undefined) delete process.env[name]
  return value
}

/** Read every setting. A value that is no good is one line on stderr, and the default. */
export function readSettings (): Settings {
  const settings: Record<string, unknown> = {}
  for (const [key, row] of Object.entries(SETTINGS)) settings[key] = read(row as Setting<unknown>)
  return settings as Settings
}

/** One setting of the table, or a row like it. */
export function read<T> ({ name, also = [], fallback, parse, wants, secret }: Setting<T>): T {
  const ignored: string[] = []
  let used: string | undefined
  let found = fallback
  for (const variable of [name, ...also]) {
    const value = environment(variable)
    if (value === undefined) continue
    const parts: string[] = []
    const parsed = parse(value, part => { parts.push(part) })
    if (parsed === undefined) ignored.push(secret === true ? variable : `${variable}=${value}`)
    else {
      if (parts.length > 0) say('warn', `${variable}: ${parts.join(', ')} is ignored: it takes ${wants}`)
      found = parsed
      used = variable
      break
    }
  }
  if (ignored.length > 0) say('warn', `${ignored.join(' and ')} is ignored: it takes ${wants}; ${used ?? shown(fallback)} is used`)
  return found
}
const shown = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') || 'nothing' : value === Infinity ? 'no limit' : value === undefined || Number.isNaN(value) || typeof value === 'object' ? 'nothing' : String(value)

/** Say of variables that are set what the user would otherwise not learn: that they do nothing. `ours`: the names that the patches have beside the table. */
export function checkNames (ours: string[]): void {
  for (const name of ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE']) {
    if (environment(name) !== undefined) say('error', `${name} is not supported: the file is NOT read, settings come from the environment alone`)
  }
  if (/\/dup\b/.test(environment('OTEL_SEMCONV_STABILITY_OPT_IN') ?? '')) {
    say('warn', 'OTEL_SEMCONV_STABILITY_OPT_IN: attributes are written by their stable names alone, not under their old names, too')
  }
  const set = Object.keys(variables()).filter(isOurs)
  if (set.length === 0) return
  const known = Object.values(SETTINGS).flatMap(({ name, also = [] }: Setting<unknown>) => [name, ...also]).concat(ours).filter(isOurs)
  for (const name of set) {
    if (!known.includes(name)) say('warn', `there is no setting ${name}; the nearest is ${nearest(name, known)}`)
  }
}
const isOurs = (name: string): boolean => name.startsWith('AUTOSPAN_')

/** Letters by which a word may be off and still be meant. */
const TYPOS = 2
/** The word that takes the fewest letters put in, left out or changed; but if these are many, the one of which this is a longer form: AUTOSPAN_PG_ENABLED. */
function nearest (word: string, known: string[]): string {
  const distance = (other: string): number => {
    let row = Array.from({ length: other.length + 1 }, (_, i) => i)
    for (let i = 1; i <= word.length; i++) {
      const next = [i]
      for (let j = 1; j <= other.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (word[i - 1] === other[j - 1] ? 0 : 1))
      row = next
    }
    return row[other.length]
  }
  const best = known.map(name => ({ name, far: distance(name) })).reduce((best, one) => one.far < best.far ? one : best)
  const shorter = best.far <= TYPOS ? undefined : known.find(name => word.startsWith(`${name}_`))
  return shorter ?? best.name
}

/** The processes that this one starts are not to be traced. */
export function disableChildren (): void { process.env[SETTINGS.enabled.name] = 'false' }

/** The settings that each patch has: a switch, and for frameworks whether their middleware is traced. */
export const patchSwitch = (patch: string, fallback = true): Setting<boolean> =>
  onOff(`AUTOSPAN_${patch.toUpperCase()}`, fallback, fallback ? '`off`: this patch is not applied.' : '`on`: this patch is applied.')
/** How the layers of a framework are traced: `Infinity` not at all, else those that took so many milliseconds or failed. */
export const patchLayers = (patch: string): Setting<number> => setting<number>('off, all, or slow:<milliseconds>', text => {
  const slow = /^slow:(\d+)$/i.exec(text)
  return /^off$/i.test(text) ? Infinity : /^all$/i.test(text) ? 0 : slow === null ? undefined : Number(slow[1])
})(`AUTOSPAN_${patch.toUpperCase()}_MIDDLEWARE`, Infinity, '`all`: a span for each middleware; `slow:50`: for those that took 50 ms or failed.')

/** `a=b,c=d` with percent-encoded values; undefined if one of them is malformed (OpenTelemetry: the whole value is then discarded). */
function parsePairs (text: string): Record<string, string> | undefined {
  const found: Record<string, string> = Object.create(null)
  for (const member of text.split(',')) {
    if (member.trim() === '') continue
    const at = member.indexOf('=')
    if (at < 1) return undefined
    try { found[decodeURIComponent(member.slice(0, at).trim())] = decodeURIComponent(member.slice(at + 1).trim()) } catch { return undefined }
  }
  return found
}

/** `a=b,c=${VARIABLE:default}`, as Jaeger's clients have it; what has neither a value nor a default is left out. */
function parseReferences (text: string): Record<string, string> | undefined {
  const found: Record<string, string> = Object.create(null)
  for (const member of text.split(',')) {
    const at = member.indexOf('=')
    if (at < 1) return undefined
    const value = member.slice(at + 1).trim()
    const reference = /^\$\{([^:}]+)(?::([^}]*))?\}$/.exec(value)
    const told = reference === null ? value : environment(reference[1].trim()) ?? reference[2]
    if (told !== undefined) found[member.slice(0, at).trim()] = told
  }
  return found
}
