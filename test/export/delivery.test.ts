import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs, { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { after, mock, test } from 'node:test'
import { tally } from '../../src/export/exporter'
import { fileExporter } from '../../src/export/file'
import { collector, fromJson, fromProtobuf } from '../collector'
import { APPS, drawn, REGISTER, ROOT, run, traces } from '../helper'
import { debian } from '../services'
import { span } from './spans'

const PICTURE = `
GET  client
  GET  server`
const folder = mkdtempSync(join(tmpdir(), 'autospan-delivery-'))
after(() => rmSync(folder, { recursive: true, force: true }))

// Every way to the collector draws the same picture.
traces('otlp: http/protobuf', 'ending.js', PICTURE)
traces('otlp: http/json', 'ending.js', PICTURE, { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' } })
traces('otlp: gzip', 'ending.js', PICTURE, { env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } })
traces('none', 'ending.js', '', { env: { OTEL_TRACES_EXPORTER: 'none' } })

// An old habit, as an assignment makes it: a loop over any object finds it.
const habit = join(folder, 'habit.js')
writeFileSync(habit, 'Object.prototype.isEmpty = function () { return Object.keys(this).length === 0 }')
const habitual = ['--require', REGISTER, '--require', habit]
traces('otlp: an application that gives a method to all objects', 'ending.js', PICTURE, { node: habitual })
test('console: likewise', async () => {
  const { stdout, stderr } = await run('ending.js', { node: habitual, env: { OTEL_TRACES_EXPORTER: 'console' } })
  assert.match(stdout, / GET  server    200 /)
  assert.doesNotMatch(stdout + stderr, /isEmpty/)
})

test('otlp: where it goes, what it says of itself, headers of the user', async () => {
  const sink = await collector()
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x%3D,x-team=a', OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/base/` }
  await run('ending.js', { env })
  await run('ending.js', { env: { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}/as/it/is?x=1`, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-team=b' } })
  await run('ending.js', { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: sink.url } })
  await run('ending.js', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/base/?token=1/2` } })
  assert.deepEqual(sink.requests.map(({ url, headers }) => [url, headers.authorization, headers['x-team'], headers['content-type']]), [
    ['/base/v1/traces', 'Bearer x=', 'a', 'application/x-protobuf'], ['/as/it/is?x=1', undefined, 'b', 'application/x-protobuf'], ['/', undefined, undefined, 'application/x-protobuf'],
    ['/base/v1/traces?token=1/2', undefined, undefined, 'application/x-protobuf']])
  assert.match(sink.requests[0].headers['user-agent']!, /^autospan\/[\d.]+ OTel-OTLP-Exporter-JavaScript\/[\d.]+$/)
  assert.equal('traceparent' in sink.requests[0].headers, false)
  await sink.close()
})

test('otlp: headers that cannot be read are told of, but not shown', async () => {
  const { stderr, spans } = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_HEADERS: 'topsecret' } })
  assert.match(stderr, /^autospan: OTEL_EXPORTER_OTLP_HEADERS is ignored: it takes key=value pairs/)
  assert.doesNotMatch(stderr, /topsecret/)
  assert.equal(spans.length, 2)
})

test('otlp: more spans than a batch holds', async () => {
  const { spans } = await run('requests.js', { args: ['40'], env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '7' } })
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, 80)
})

test('otlp: gzip, at process.exit()', async () => {
  const { spans } = await run('ending.js', { args: ['exit'], env: { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip' } })
  assert.equal(drawn(spans), PICTURE.trim())
})

/** An authority, a server's certificate for 127.0.0.1, and a client's, as files. */
function certificates (): Record<'ca' | 'cert' | 'key' | 'clientCert' | 'clientKey', string> {
  const openssl = debian('openssl', 'openssl')
  const at = (name: string): string => join(folder, name)
  const run = (...args: string[]): void => { execFileSync(openssl, args, { stdio: 'ignore' }) }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('req', '-x509', ...key, '-subj', '/CN=authority', '-days', '2', '-keyout', at('ca.key'), '-out', at('ca.pem'))
  for (const [name, extension] of [['server', 'subjectAltName=IP:127.0.0.1'], ['client', 'extendedKeyUsage=clientAuth']]) {
    writeFileSync(at(`${name}.ext`), extension)
    run('req', ...key, '-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`))
    run('x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at(`${name}.ext`), '-out', at(`${name}.pem`))
  }
  return { ca: at('ca.pem'), cert: at('server.pem'), key: at('server.key'), clientCert: at('client.pem'), clientKey: at('client.key') }
}

test('otlp: TLS with an authority of one\'s own, and mutual TLS', async () => {
  const files = certificates()
  const [ca, cert, key] = [files.ca, files.cert, files.key].map(file => readFileSync(file))
  const oneWay = await collector(undefined, { cert, key })
  const trusted = { OTEL_EXPORTER_OTLP_ENDPOINT: oneWay.url, OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca }
  assert.equal((await run('ending.js', { env: trusted })).stderr, '')
  assert.equal(oneWay.spans.length, 2)
  const at = await run('ending.js', { env: trusted, args: ['exit'] })
  assert.equal(at.stderr, '')
  assert.equal(oneWay.spans.length, 4)
  // What this process alone trusts, the thread that sends at its end does, too.
  const unverified = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: oneWay.url, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, args: ['exit'] })
  assert.doesNotMatch(unverified.stderr, /autospan/)
  assert.equal(new Set(oneWay.spans.map(({ spanId }) => spanId)).size, 6)
  if ('setDefaultCACertificates' in tls) {
    const authority = join(folder, 'authority.js')
    writeFileSync(authority, `const tls = require('tls'); tls.setDefaultCACertificates([...tls.getCACertificates('default'), require('fs').readFileSync(${JSON.stringify(files.ca)}, 'utf8')])`)
    const vouched = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: oneWay.url }, node: ['--require', REGISTER, '--require', authority], args: ['exit'] })
    assert.equal(vouched.stderr, '')
    assert.equal(new Set(oneWay.spans.map(({ spanId }) => spanId)).size, 8)
  }
  const taken = oneWay.spans.length
  const stranger = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: oneWay.url } })
  assert.match(stranger.stderr, /^autospan: https:\/\/127\.0\.0\.1:\d+\/v1\/traces cannot be reached \(unable to verify the first certificate[^)]*\); [^\n]*\nautospan: lost of 2 spans: 2 otlp expired\n$/)
  const missing = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: oneWay.url, OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'none.pem') } })
  assert.match(missing.stderr, /none\.pem cannot be read \(ENOENT\)/)
  assert.equal(oneWay.spans.length, taken)
  await oneWay.close()

  const mutual = await collector(undefined, { cert, key, ca, requestCert: true, rejectUnauthorized: true })
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: mutual.url, OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca }
  await run('ending.js', { env })
  assert.equal(mutual.spans.length, 0)
  const known = { ...env, OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.clientCert, OTEL_EXPORTER_OTLP_CLIENT_KEY: files.clientKey }
  await run('ending.js', { env: known })
  assert.equal(mutual.spans.length, 2)
  await mutual.close()
})

test('several at once: otlp, zipkin, console and file tell of the same spans; a dead one disturbs nobody', async () => {
  const zipkins: any[] = []
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req.setEncoding('utf8')) body += chunk
    assert.deepEqual([req.method, req.url, req.headers['content-type']], ['POST', '/api/v2/spans', 'application/json'])
    zipkins.push(...JSON.parse(body))
    res.writeHead(202).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const file = join(folder, 'spans.jsonl')
  const env = {
    OTEL_TRACES_EXPORTER: 'otlp,zipkin,console,file', AUTOSPAN_FILE: file,
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`
  }
  for (const how of ['natural', 'exit']) {
    zipkins.length = 0
    rmSync(file, { force: true })
    const { spans, stdout, stderr } = await run('ending.js', { env, args: [how] })
    assert.equal(drawn(spans), PICTURE.trim(), stderr)
    const filed = readFileSync(file, 'utf8').trimEnd().split('\n').flatMap(line => fromJson(JSON.parse(line)))
    assert.deepEqual(filed, spans)
    assert.deepEqual(zipkins.map(({ id }) => id).sort(), spans.map(({ spanId }) => spanId).sort())
    assert.ok(stdout.includes(spans[0].traceId))
  }
  server.close()
  server.closeAllConnections()
  const { spans, stderr } = await run('ending.js', { env })
  assert.equal(spans.length, 2)
  assert.match(stderr, /^autospan: nobody listens at http:\/\/127\.0\.0\.1:\d+\/api\/v2\/spans; OTEL_TRACES_EXPORTER=console shows spans without a Zipkin, OTEL_EXPORTER_ZIPKIN_ENDPOINT names another one\nautospan: lost of 2 spans: 2 zipkin expired\n$/)
})

test('file: one that cannot be written is told of', async () => {
  const { stderr, code } = await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'file', AUTOSPAN_FILE: join(folder, 'no/such/folder') } })
  assert.equal(stderr, `autospan: spans cannot be written to ${join(folder, 'no/such/folder')} (ENOENT); AUTOSPAN_FILE names another file\nautospan: lost of 2 spans: 2 file failed\n`)
  assert.equal(code, 0)
})

test('file: a full disk is told of once, and counted', { skip: !existsSync('/dev/full') && 'there is no disk that is always full' }, async () => {
  const { stderr, stdout, code } = await run('requests.js', { args: ['20'], env: { OTEL_TRACES_EXPORTER: 'file', AUTOSPAN_FILE: '/dev/full', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5' } })
  assert.deepEqual([code, stdout], [0, ''])
  assert.equal(stderr, 'autospan: spans cannot be written to /dev/full (ENOSPC); AUTOSPAN_FILE names another file\nautospan: lost of 40 spans: 40 file failed\n')
})

test('file: what was half written when the disk was full spoils no line but its own', () => {
  const file = join(folder, 'half.jsonl')
  const append = mock.method(fs, 'appendFileSync', (path: string, text: string) => {
    writeFileSync(path, text.slice(0, 3), { flag: 'a' })
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  })
  const counts = tally()
  const exporter = fileExporter(file, spans => spans.map(({ name }) => `"${name}"\n`).join(''), counts, 'AUTOSPAN_FILE')
  exporter.export([span({ name: 'lost' })])
  append.mock.restore()
  exporter.export([span({ name: 'one' }), span({ name: 'two' })])
  exporter.export([span({ name: 'three' })])
  assert.equal(readFileSync(file, 'utf8'), '"lo\n"one"\n"two"\n"three"\n')
  assert.deepEqual([counts.exported, counts.dropped.failed], [3, 1])
})

test('what is said cannot be written: stderr is closed, or full, or its reader is gone', async () => {
  const args = ['--require', REGISTER, join(APPS, 'ending.js')]
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'otlp,log' }
  const shell = (stderr: string): ChildProcess => spawn('sh', ['-c', `exec "$0" "$@" 2>${stderr}`, process.execPath, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const alone = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  alone.stderr.destroy()
  // They run at once, and end in any order.
  await Promise.all([alone, shell('&-'), ...(existsSync('/dev/full') ? [shell('/dev/full')] : [])].map(async child => {
    let stdout = ''
    child.stdout!.on('data', text => { stdout += text })
    const [code, signal] = await once(child, 'close')
    assert.deepEqual([code, signal], [0, null])
    assert.match(stdout, /^\d{13}\n$/)
  }))
})

test('any SpanExporter by the name of its module: OpenTelemetry\'s for Zipkin', async () => {
  const received: any[] = []
  const server = createServer(async (req, res) => {
    assert.equal('traceparent' in req.headers, false)
    let body = ''
    for await (const chunk of req.setEncoding('utf8')) body += chunk
    received.push(...JSON.parse(body))
    res.writeHead(202).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const env = { AUTOSPAN_EXPORTER_MODULE: '@opentelemetry/exporter-zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans` }
  const { spans, stderr } = await run('ending.js', { env })
  assert.equal(stderr, '')
  assert.deepEqual(received.map(({ id, traceId, parentId = '', name, kind, tags }) => [id, traceId, parentId, name, kind, tags['http.response.status_code'], tags['service.name']]),
    spans.map(({ spanId, traceId, parentSpanId, name, kind, resource }) => [spanId, traceId, parentSpanId, name, kind.toUpperCase(), '200', resource['service.name']]))
  server.close()
  server.closeAllConnections()
})

test('a module that is missing, or has no exporter, or fails, is one line', async () => {
  const said = async (name: string): Promise<string> => (await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'none', AUTOSPAN_EXPORTER_MODULE: name } })).stderr
  assert.equal(await said('@acme/spans#Exporter'), 'autospan: AUTOSPAN_EXPORTER_MODULE=@acme/spans#Exporter is not installed: npm install @acme/spans\n')
  assert.equal(await said('semver'), 'autospan: semver has no class of OpenTelemetry\'s interface SpanExporter\n')
  const file = join(folder, 'exporter.js')
  writeFileSync(file, 'exports.Exporter = class { export (spans, done) { done({ code: 1, error: new Error("no space") }) } }')
  assert.equal(await said(file), `autospan: ${file} has lost spans: no space\nautospan: lost of 2 spans: 2 ${file} failed\n`)
  writeFileSync(file, 'exports.Exporter = class { export () { throw new Error("no space") } }')
  assert.equal(await said(file), `autospan: ${file} has lost spans: no space\nautospan: lost of 2 spans: 2 ${file} failed\n`)
  writeFileSync(file, 'exports.Exporter = class { constructor () { throw new Error("no space") } export () {} }')
  assert.equal(await said(file), `autospan: ${file} cannot be used: no space\n`)
  writeFileSync(file, 'throw new Error("no space")')
  assert.equal(await said(file), `autospan: ${file} cannot be loaded: no space\n`)
  // It tells of nothing, or of what cannot be looked at, when there is nobody left to catch what that throws.
  for (const told of ['', '{ code: 1, error: { get message () { throw new Error("hostile") } } }']) {
    writeFileSync(file, `exports.Exporter = class { export (spans, done) { setImmediate(() => done(${told})) } forceFlush () { throw new Error("no") } }`)
    assert.match(await said(file), /has lost spans: (it does not say why|an error that cannot be shown)\nautospan: lost of 2 spans: 2 \S+ failed\n$/)
  }
  writeFileSync(file, 'module.exports = null')
  const { spans, stderr } = await run('ending.js', { env: { AUTOSPAN_EXPORTER_MODULE: file } })
  assert.match(stderr, /^autospan: \S+ cannot be used: Cannot read properties of null/)
  assert.equal(spans.length, 2)
})

test('a module is told of links with their state', async () => {
  const exporter = join(folder, 'linked.js')
  writeFileSync(exporter, `exports.Exporter = class {
    export (spans, done) { for (const { links } of spans) for (const { context } of links) console.log(context.traceState?.serialize()); done({ code: 0 }) }
  }`)
  const app = join(folder, 'links.js')
  writeFileSync(app, `
    const { createTraceState, trace } = require(${JSON.stringify(join(ROOT, 'node_modules/@opentelemetry/api'))})
    const context = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }
    trace.getTracer('x').startSpan('x', { links: [{ context: { ...context, traceState: createTraceState('vendor=x') } }, { context }] }).end()`)
  const { stdout, stderr } = await run(app, { env: { OTEL_TRACES_EXPORTER: 'none', AUTOSPAN_EXPORTER_MODULE: exporter } })
  assert.deepEqual([stdout, stderr], ['vendor=x\nundefined\n', ''])
})

test('what was given up at the end of the process, and has arrived all the same, is not lost', async () => {
  const file = join(folder, 'slow.js')
  writeFileSync(file, 'exports.Exporter = class { export (spans, done) { setTimeout(() => done({ code: 0 }), 1500) } }')
  assert.equal((await run('ending.js', { env: { OTEL_TRACES_EXPORTER: 'none', AUTOSPAN_EXPORTER_MODULE: file } })).stderr, '')
})

test('grpc, by OpenTelemetry\'s exporter', async () => {
  const { Server, ServerCredentials } = require('@grpc/grpc-js')
  const bodies: Buffer[] = []
  const server = new Server()
  const plain = (bytes: Buffer): Buffer => bytes
  server.addService({
    export: {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export', requestStream: false, responseStream: false,
      requestSerialize: plain, requestDeserialize: plain, responseSerialize: plain, responseDeserialize: plain
    }
  }, { export (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) { bodies.push(call.request); done(null, Buffer.alloc(0)) } })
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error: Error, port: number) => error === null ? resolve(port) : reject(error)))
  const { stderr, code } = await run('ending.js', { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } })
  server.forceShutdown()
  assert.equal(drawn(bodies.flatMap(body => fromProtobuf(body))), PICTURE.trim(), stderr)
  assert.deepEqual([stderr, code], ['', 0])
})

test('grpc, where the exporter is not installed', async () => {
  const app = join(folder, 'app.js')
  writeFileSync(app, readFileSync(join(REGISTER, '../test/apps/ending.js')))
  const { stderr } = await run(app, { env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } })
  assert.equal(stderr, 'autospan: OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs a package that is not installed, so no span is sent: npm install @opentelemetry/exporter-trace-otlp-grpc\n')
})

test('what an application makes by OpenTelemetry\'s API bears the name and the version of who made it', async () => {
  const program = `
    const { trace } = require(${JSON.stringify(require.resolve('@opentelemetry/api'))})
    trace.getTracer('@acme/shop', '1.2.3').startActiveSpan('checkout', span => {
      trace.getTracer('jobs').startSpan('mail').end()
      require('http').get({ port: 1, host: '127.0.0.1' }).on('error', () => span.end())
    })`
  const { spans } = await run('', { args: ['-e', program] })
  assert.deepEqual(spans.map(({ name, scope, scopeVersion }) => [name, scope, scopeVersion]).sort(),
    [['GET', 'autospan/http', '0.1.0'], ['checkout', '@acme/shop', '1.2.3'], ['mail', 'jobs', undefined]])
})

test('before the first span there is no timer, no socket, no thread, and nothing is loaded by which spans leave', async () => {
  const look = 'console.log(process.getActiveResourcesInfo().filter(name => name !== "PipeWrap").join(), process.moduleLoadList.includes("NativeModule zlib"))'
  const bare = await run('', { node: [], args: ['-e', look] })
  const { stdout } = await run('', { args: ['-e', look] })
  assert.deepEqual([stdout, bare.stdout], [' false\n', ' false\n'])
})
