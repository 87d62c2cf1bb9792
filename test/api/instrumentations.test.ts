import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { APPS, drawn, run, traces } from '../helper'

const WITH = { AUTOSPAN_OTEL_INSTRUMENTATIONS: '@opentelemetry/instrumentation-generic-pool' }

traces('a library that autospan does not know, by an instrumentation on OpenTelemetry\'s API', 'generic-pool.js', `
GET  client
  GET  server
    generic-pool.acquire  internal`, { env: WITH })

traces('without it', 'generic-pool.js', `
GET  client
  GET  server`)

traces('a framework whose instrumentation tells the route where OpenTelemetry has it told', 'api-route.js', `
GET  client
  GET /users/{id}  server  http.route=/users/{id}
    handler  internal`, { show: ['http.route'] })

traces('the spans of the ai SDK, and what its model and its tools ask for beneath them', 'ai.mjs', `
GET  client
  GET  server
    ai.generateText  internal
      ai.generateText.doGenerate  internal
        GET  client
          GET  server
      ai.toolCall  internal
        GET  client
          GET  server
      ai.generateText.doGenerate  internal
        GET  client
          GET  server`)

traces('the spans of @fastify/otel', 'fastify-otel.mjs', `
GET  client
  GET /users/:id  server
    request  internal
      preHandler - check  internal
      handler - user  internal
        GET  client
          GET /deep  server
            request  internal
              preHandler - check  internal
              handler - deep  internal`)

test('what cannot be loaded, or is no instrumentation, is told of, and the rest goes on', async () => {
  const hostile = join(APPS, 'hostile.js')
  const { code, stderr, spans } = await run('generic-pool.js', { env: { AUTOSPAN_OTEL_INSTRUMENTATIONS: `no-such-package,semver,${hostile},${WITH.AUTOSPAN_OTEL_INSTRUMENTATIONS}` } })
  assert.equal(code, 0)
  assert.equal(stderr, `autospan: AUTOSPAN_OTEL_INSTRUMENTATIONS: no-such-package cannot be used: Cannot find module 'no-such-package'
autospan: AUTOSPAN_OTEL_INSTRUMENTATIONS: semver exports no instrumentation
autospan: AUTOSPAN_OTEL_INSTRUMENTATIONS: ${hostile} cannot be used: an error that cannot be shown
`)
  assert.equal(drawn(spans).split('\n').length, 3)
})
