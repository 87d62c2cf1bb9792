'use strict'
const { join } = require('node:path')

/**
 * Who is measured. `flags` are node's; `env` is told the URL of a sink of its own.
 * Everything is sent once a second, nothing is dropped for want of room, nobody leaves the loopback: no cloud detectors, telemetry, remote settings, metrics or profiles.
 */
exports.PEERS = [
  { name: 'no tracing', flags: [], env: () => ({}) },
  {
    name: 'autospan',
    flags: ['--require', join(__dirname, '../register.js')],
    env: url => ({ OTEL_SERVICE_NAME: 'bench', OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '1000', OTEL_BSP_MAX_QUEUE_SIZE: '65536' })
  },
  {
    name: 'OpenTelemetry',
    package: '@opentelemetry/auto-instrumentations-node',
    flags: ['--require', require.resolve('@opentelemetry/auto-instrumentations-node/register')],
    env: url => ({
      OTEL_SERVICE_NAME: 'bench', OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '1000', OTEL_BSP_MAX_QUEUE_SIZE: '65536',
      OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process', OTEL_LOG_LEVEL: 'error'
    })
  },
  {
    name: 'dd-trace',
    package: 'dd-trace',
    flags: ['--require', require.resolve('dd-trace/init')],
    env: url => ({
      DD_SERVICE: 'bench', DD_TRACE_AGENT_URL: url, DD_TRACE_FLUSH_INTERVAL: '1000', DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false', DD_REMOTE_CONFIGURATION_ENABLED: 'false', DD_RUNTIME_METRICS_ENABLED: 'false',
      DD_PROFILING_ENABLED: 'false', DD_APPSEC_ENABLED: 'false', DD_CRASHTRACKING_ENABLED: 'false', DD_TRACE_STATS_COMPUTATION_ENABLED: 'false',
      DD_DATA_STREAMS_ENABLED: 'false', DD_DYNAMIC_INSTRUMENTATION_ENABLED: 'false', DD_DOGSTATSD_HOSTNAME: '127.0.0.1'
    })
  },
  {
    name: 'elastic-apm-node',
    package: 'elastic-apm-node',
    flags: ['--require', require.resolve('elastic-apm-node/start')],
    env: url => ({
      ELASTIC_APM_SERVICE_NAME: 'bench', ELASTIC_APM_SERVER_URL: url, ELASTIC_APM_API_REQUEST_TIME: '1s', ELASTIC_APM_MAX_QUEUE_SIZE: '65536',
      ELASTIC_APM_METRICS_INTERVAL: '0', ELASTIC_APM_CENTRAL_CONFIG: 'false', ELASTIC_APM_CLOUD_PROVIDER: 'none', ELASTIC_APM_LOG_LEVEL: 'off',
      ELASTIC_APM_APM_SERVER_VERSION: '8.0.0'
    })
  }
]
