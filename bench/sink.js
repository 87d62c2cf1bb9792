'use strict'
// The far end, in a process of its own: for each name in the arguments a collector that takes whatever it is sent, and one more server that applications fetch from.
const { readFileSync } = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const { join } = require('node:path')
const { spansIn } = require('./spans')

const TLS = join(__dirname, '../test/apps/tls')
const listen = server => new Promise(resolve => server.listen({ port: 0, host: '127.0.0.1' }, () => resolve(server.address().port)))

/** What has come so far, by name: bytes, and the requests themselves while `keeping` is on. */
const received = {}
let keeping = false

function collector (name, secure) {
  const taken = received[name] = { bytes: 0, kept: [] }
  const handler = (req, res) => {
    const chunks = []
    req.on('data', chunk => { taken.bytes += chunk.length; if (keeping) chunks.push(chunk) })
    req.on('end', () => {
      if (keeping) taken.kept.push({ url: req.url, headers: req.headers, body: Buffer.concat(chunks) })
      res.setHeader('content-type', 'application/json').end(secure ? JSON.stringify({ return_value: newRelic(req) }) : '{}')
    })
  }
  return secure
    ? https.createServer({ key: readFileSync(join(TLS, 'key.pem')), cert: readFileSync(join(TLS, 'cert.pem')) }, handler)
    : http.createServer(handler)
}

/** New Relic's agent asks where to send, and is told what to collect: spans, all of them, every half a second. */
function newRelic ({ url, socket }) {
  const harvest = { report_period_ms: 500, harvest_limit: 10_000 }
  switch (new URL(url, 'https://localhost').searchParams.get('method')) {
    case 'preconnect': return { redirect_host: `localhost:${socket.localPort}` }
    case 'connect': return {
      agent_run_id: '1', account_id: '1', trusted_account_key: '1', primary_application_id: '1', data_report_period: 60,
      collect_traces: false, collect_errors: false, collect_error_events: false, collect_analytics_events: false, collect_custom_events: false, collect_span_events: true,
      span_event_harvest_config: harvest, event_harvest_config: { report_period_ms: 500, harvest_limits: { span_event_data: 10_000 } }
    }
    default: return null
  }
}

/** Keep what comes from now on. */
function keep () {
  keeping = true
  return true
}
/** Spans of what was kept, by name; from now on nothing is. */
function count () {
  keeping = false
  return Object.fromEntries(Object.entries(received).map(([name, { kept }]) => [name, kept.splice(0).reduce((sum, request) => sum + spansIn(request), 0)]))
}
const bytes = () => Object.fromEntries(Object.entries(received).map(([name, { bytes }]) => [name, bytes]))

async function main () {
  const ports = {}
  for (const name of process.argv.slice(2)) ports[name] = await listen(collector(name, name === 'newrelic'))
  const backend = await listen(http.createServer((req, res) => res.setHeader('content-type', 'application/json').end('{"price":995}')))
  process.on('message', question => process.send({ keep, count, bytes }[question]()))
  process.on('disconnect', () => process.exit())
  process.send({ ports, backend })
}
main()
