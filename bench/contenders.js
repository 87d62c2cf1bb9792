'use strict'
const { join } = require('node:path')

/** How often all send, in ms. */
const FLUSH = 200
const otel = flush => ({ OTEL_SERVICE_NAME: 'bench', OTEL_BSP_SCHEDULE_DELAY: flush, OTEL_BSP_MAX_QUEUE_SIZE: 65_536, OTEL_LOG_LEVEL: 'error' })
const OTEL_MODES = {
  'sampled 1 %': { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: 0.01 },
  'sampled off': { OTEL_TRACES_SAMPLER: 'always_off' },
  disabled: { OTEL_SDK_DISABLED: true }
}
/**
 * Who is measured. `flags` are node's for CommonJS, `esm` for ES modules where they differ; `env` is told the port of a sink of its own and how often to send, in ms.
 * Everything is sampled and sent five times a second unless a work says otherwise, nothing is dropped for want of room, nobody leaves the loopback: no cloud detectors, telemetry, remote settings, metrics,
 * profiles or logs. `modes` are the settings of what is not sampled, or not even on; a contender takes no part in what it has no mode for. `isFloor`: no tracer, but what none can do
 * without; it takes part where it is named.
 */
const ALL = [
  { name: 'no tracing', flags: [], env: () => ({}), modes: { 'sampled 1 %': {}, 'sampled off': {}, disabled: {}, 'switched off': {} } },
  {
    name: 'autospan',
    package: 'autospan',
    flags: ['--require', join(__dirname, '../register.js')],
    env: (port, flush) => ({ ...otel(flush), OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }),
    modes: { ...OTEL_MODES, disabled: { AUTOSPAN_ENABLED: false }, 'switched off': { AUTOSPAN_TOGGLE_SIGNAL: 'SIGUSR2' } }
  },
  {
    name: 'OpenTelemetry',
    package: '@opentelemetry/auto-instrumentations-node',
    flags: ['--require', '@opentelemetry/auto-instrumentations-node/register'],
    esm: ['--no-warnings', '--experimental-loader', '@opentelemetry/instrumentation/hook.mjs', '--require', '@opentelemetry/auto-instrumentations-node/register'],
    env: (port, flush) => ({
      ...otel(flush), OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process'
    }),
    modes: OTEL_MODES
  },
  {
    name: 'dd-trace',
    package: 'dd-trace',
    flags: ['--require', 'dd-trace/init'],
    esm: ['--import', 'dd-trace/initialize.mjs'],
    env: (port, flush) => ({
      DD_SERVICE: 'bench', DD_TRACE_AGENT_URL: `http://127.0.0.1:${port}`, DD_TRACE_FLUSH_INTERVAL: flush, DD_TRACE_STARTUP_LOGS: false,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: false, DD_REMOTE_CONFIGURATION_ENABLED: false, DD_RUNTIME_METRICS_ENABLED: false,
      DD_PROFILING_ENABLED: false, DD_APPSEC_ENABLED: false, DD_CRASHTRACKING_ENABLED: false, DD_TRACE_STATS_COMPUTATION_ENABLED: false,
      DD_DATA_STREAMS_ENABLED: false, DD_DYNAMIC_INSTRUMENTATION_ENABLED: false, DD_DOGSTATSD_HOSTNAME: '127.0.0.1'
    }),
    modes: { 'sampled 1 %': { DD_TRACE_SAMPLE_RATE: 0.01 }, 'sampled off': { DD_TRACE_SAMPLE_RATE: 0 }, disabled: { DD_TRACE_ENABLED: false } }
  },
  {
    name: 'elastic-apm-node',
    package: 'elastic-apm-node',
    flags: ['--require', 'elastic-apm-node/start'],
    esm: ['--no-warnings', '--experimental-loader', 'elastic-apm-node/loader.mjs', '--require', 'elastic-apm-node/start'],
    env: (port, flush) => ({
      ELASTIC_APM_SERVICE_NAME: 'bench', ELASTIC_APM_SERVER_URL: `http://127.0.0.1:${port}`, ELASTIC_APM_API_REQUEST_TIME: `${flush}ms`, ELASTIC_APM_MAX_QUEUE_SIZE: 65_536,
      ELASTIC_APM_METRICS_INTERVAL: 0, ELASTIC_APM_CENTRAL_CONFIG: false, ELASTIC_APM_CLOUD_PROVIDER: 'none', ELASTIC_APM_LOG_LEVEL: 'off',
      ELASTIC_APM_APM_SERVER_VERSION: '8.0.0'
    }),
    modes: {
      'sampled 1 %': { ELASTIC_APM_TRANSACTION_SAMPLE_RATE: 0.01 }, 'sampled off': { ELASTIC_APM_TRANSACTION_SAMPLE_RATE: 0 }, disabled: { ELASTIC_APM_ACTIVE: false }
    }
  },
  {
    name: 'newrelic',
    package: 'newrelic',
    flags: ['--require', 'newrelic'],
    esm: ['--import', 'newrelic/esm-loader.mjs', '--require', 'newrelic'],
    env: port => ({
      NEW_RELIC_APP_NAME: 'bench', NEW_RELIC_NO_CONFIG_FILE: true, NEW_RELIC_LICENSE_KEY: '0'.repeat(40), NEW_RELIC_HOST: 'localhost', NEW_RELIC_PORT: port,
      NODE_EXTRA_CA_CERTS: join(__dirname, '../test/apps/tls/cert.pem'), NEW_RELIC_LOG_ENABLED: false, NEW_RELIC_APPLICATION_LOGGING_ENABLED: false,
      NEW_RELIC_DISTRIBUTED_TRACING_SAMPLER_ROOT: 'always_on', NEW_RELIC_SPAN_EVENTS_MAX_SAMPLES_STORED: 10_000,
      ...Object.fromEntries(['AWS', 'AZURE', 'AZUREFUNCTION', 'GCP', 'PCF', 'DOCKER', 'KUBERNETES'].map(place => [`NEW_RELIC_UTILIZATION_DETECT_${place}`, false]))
    }),
    modes: {
      'sampled 1 %': { NEW_RELIC_DISTRIBUTED_TRACING_SAMPLER_ROOT: 'trace_id_ratio_based', NEW_RELIC_DISTRIBUTED_TRACING_SAMPLER_ROOT_TRACE_ID_RATIO_BASED_RATIO: 0.01 },
      'sampled off': { NEW_RELIC_DISTRIBUTED_TRACING_SAMPLER_ROOT: 'always_off' }, disabled: { NEW_RELIC_ENABLED: false }
    }
  },
  { name: 'bare AsyncLocalStorage', isFloor: true, flags: ['--require', join(__dirname, 'programs/context.js')], env: () => ({}), modes: {} }
]
/** The first one is what all others are compared with, the second one is we. */
exports.BASE = ALL[0].name
exports.OURS = ALL[1].name

/** The version that is here; undefined: it is not installed. */
function versionOf ({ package: name }) {
  try { return require(name === 'autospan' ? '../package.json' : join(__dirname, 'node_modules', name, 'package.json')).version } catch { return undefined }
}

/** The names of those that others are not compared with. */
exports.FLOORS = ALL.filter(({ isFloor }) => isFloor).map(({ name }) => name)

/** Those that are installed, with their versions; of the peers only some, if they are named. */
exports.present = beside => ALL.filter(({ name, isFloor }, i) => i < 2 || (beside === undefined ? !isFloor : beside.includes(name)))
  .map(contender => ({ ...contender, version: versionOf(contender) })).filter(({ package: name, version }) => name === undefined || version !== undefined)

/** The settings of a contender in a mode: all is sampled if there is none. */
exports.settings = ({ env, modes }, mode, port, flush = FLUSH) =>
  Object.fromEntries(Object.entries({ ...env(port, flush), ...(mode === undefined ? {} : modes[mode]) }).map(([name, value]) => [name, String(value)]))
