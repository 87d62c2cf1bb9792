import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { drawn, REGISTER, run } from '../helper'

/** What an agent's package is known by, and how its start shows: `ON` says whether it is switched on. What it instruments is left out. */
const AGENTS = {
  'dd-trace': {
    says: 'dd-trace',
    start: 'require("dd-trace").init()',
    files: {
      'package.json': '{ "name": "dd-trace", "version": "5.132.0", "main": "index.js" }',
      'index.js': 'const Tracer = require("./packages/dd-trace/src/proxy"); module.exports = globalThis._ddtrace ??= new Tracer()',
      'packages/dd-trace/src/proxy.js': `
        class Noop { init () { return this } }
        module.exports = class Tracer extends Noop {
          _tracer = {}
          init () { if (process.env.ON !== 'no') this._tracer = { _exporter: {} }; return this }
        }`
    }
  },
  'elastic-apm-node': {
    says: 'Elastic\'s agent',
    start: 'require("elastic-apm-node").start()',
    files: {
      'package.json': '{ "name": "elastic-apm-node", "version": "4.15.0", "main": "index.js" }',
      'index.js': `
        function Agent () { this._instrumentation = {}; this._conf = { active: true } }
        Agent.prototype.isStarted = () => globalThis.started
        Agent.prototype.start = function () { globalThis.started = true; this._conf = { active: process.env.ON !== 'no' }; return this }
        module.exports = new Agent()`
    }
  },
  newrelic: {
    says: 'New Relic\'s agent',
    start: 'require("newrelic")',
    files: {
      'package.json': '{ "name": "newrelic", "version": "13.8.0", "main": "index.js" }',
      'index.js': 'module.exports = { agent: process.env.ON === \'no\' ? undefined : {} }'
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'autospan-agents-'))
after(() => rmSync(folder, { recursive: true }))
const put = (path: string, text: string): string => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const ONE = 'GET  client\n  GET  server'

for (const [name, { says, start, files }] of Object.entries(AGENTS)) {
  for (const [path, text] of Object.entries(files)) put(`node_modules/${name}/${path}`, text)
  const preload = put(`start-${name}.js`, start)
  /** A request, the agent's start, a request; each answers whether it was told of its trace. */
  const app = put(`app-${name}.js`, `
    const http = require('node:http')
    const server = http.createServer((req, res) => res.end(String('traceparent' in req.headers))).listen(0, '127.0.0.1', async () => {
      const ask = async () => console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text())
      await ask()
      ${start}
      await ask()
      server.closeAllConnections()
      server.close()
    })`)
  const stepsBack = `autospan: the application starts ${says}; autospan steps back and traces nothing from here on\n`

  test(`${name} that the application starts has it for itself`, async () => {
    const { code, stdout, stderr, spans } = await run(app)
    assert.deepEqual([code, stderr, stdout], [0, stepsBack, 'true\nfalse\n'])
    assert.equal(drawn(spans), ONE)
  })

  test(`${name} that was started before autospan has the application for itself`, async () => {
    const { code, stdout, stderr, spans } = await run(app, { node: ['--require', preload, '--require', REGISTER] })
    assert.deepEqual([code, stderr, stdout], [0, stepsBack, 'false\nfalse\n'])
    assert.equal(drawn(spans), '')
  })

  for (const [what, env] of [['is switched off', { ON: 'no' }], ['traces, with AUTOSPAN_AGENTS=off', { AUTOSPAN_AGENTS: 'off' }]] as const) {
    test(`${name} that ${what} changes nothing`, async () => {
      const { code, stdout, stderr, spans } = await run(app, { env })
      assert.deepEqual([code, stderr, stdout], [0, '', 'true\ntrue\n'])
      assert.equal(drawn(spans), `${ONE}\n${ONE}`)
    })
  }
}
