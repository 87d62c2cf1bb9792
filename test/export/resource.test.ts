import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { applicationAt } from '../../src/export/resource'
import { run } from '../helper'

const folder = mkdtempSync(join(tmpdir(), 'autospan-resource-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function put (file: string, text: string): string {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
const resourceOf = async (app: string, env: Record<string, string | undefined> = {}): Promise<Record<string, unknown>> => (await run(app, { env })).spans[0].resource

put('shop/package.json', '{"name":"@acme/shop","version":"1.2.3"}')
put('shop/dist/package.json', '{"type":"commonjs"}')
const app = put('shop/dist/app.js', `
const http = require('node:http')
http.get({ port: 1, host: '127.0.0.1' }).on('error', () => {})`)

test('who speaks: the application\'s package.json, and what is known of the process', async () => {
  const { 'service.instance.id': id, 'process.pid': pid, 'host.name': host, 'process.runtime.version': runtime, 'telemetry.sdk.version': version, ...rest } = await resourceOf(app)
  assert.deepEqual(rest, { 'service.name': '@acme/shop', 'service.version': '1.2.3', 'process.runtime.name': 'nodejs', 'telemetry.sdk.name': 'autospan', 'telemetry.sdk.language': 'nodejs' })
  assert.match(String(id), /^[0-9a-f-]{36}$/)
  assert.equal(typeof pid, 'number')
  assert.equal(runtime, process.versions.node)
  assert.match(`${String(host)} ${String(version)}`, /^\S+ \d+\.\d+\.\d+$/)
})

test('what the settings say goes first, OTEL_SERVICE_NAME before all', async () => {
  const told = await resourceOf(app, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a%2Cb%3D,service.version=9,deployment.environment.name= prod ,host.name=h%20%C3%A4' })
  assert.deepEqual([told['service.name'], told['service.version'], told['deployment.environment.name'], told['host.name']], ['a,b=', '9', 'prod', 'h ä'])
  assert.equal((await resourceOf(app, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a', OTEL_SERVICE_NAME: 'b' }))['service.name'], 'b')
})

test('an empty name is none', async () => {
  const told = await resourceOf(app, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=,team=' })
  assert.deepEqual([told['service.name'], told.team], ['@acme/shop', ''])
  assert.equal((await resourceOf(app, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=', JAEGER_SERVICE_NAME: 'old' }))['service.name'], 'old')
})

test('a malformed OTEL_RESOURCE_ATTRIBUTES is discarded as a whole, and said', async () => {
  for (const text of ['a=1,b', 'a=1,b=%E0%A4%A', 'a=1,=2']) {
    const { spans, stderr } = await run(app, { env: { OTEL_RESOURCE_ATTRIBUTES: text } })
    assert.equal('a' in spans[0].resource, false)
    assert.match(stderr, /^autospan: OTEL_RESOURCE_ATTRIBUTES=.* is ignored: /)
  }
})

test('without a program or a package.json there is a name, too', async () => {
  const { spans } = await run('', { args: ['-e', 'require("http").get({ port: 1, host: "127.0.0.1" }).on("error", () => {})'] })
  assert.equal(spans[0].resource['service.name'], 'unknown_service:node')
})

test('a program among the installed packages belongs to the application that installed it; a link to where it leads', () => {
  put('shop/node_modules/next/package.json', '{"name":"next","version":"15.0.0"}')
  assert.equal(applicationAt(put('shop/node_modules/next/dist/bin/next', ''))?.name, '@acme/shop')
  mkdirSync(join(folder, 'bin'))
  symlinkSync(app, join(folder, 'bin/app'))
  assert.equal(applicationAt(join(folder, 'bin/app'))?.name, '@acme/shop')
  assert.deepEqual(applicationAt(put('broken/package.json', '{"name":').replace('package.json', 'app.js')), applicationAt(join(tmpdir(), 'app.js')))
})
