import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { REGISTER, ROOT, run, traces, type Run } from './helper'

const PICTURE = `
GET  client
  GET /hello/:name  server`
const folder = mkdtempSync(join(tmpdir(), 'autospan-preload-'))
after(() => { rmSync(folder, { recursive: true, force: true }) })

/** Another copy of us, as a second dependency would bring it. */
function copy (name: string): string {
  const to = join(folder, name)
  for (const part of ['register.js', 'package.json', 'dist/src', 'dist/bundle']) cpSync(join(ROOT, part), join(to, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'))
  return join(to, 'register.js')
}
/** A file in a folder of its own; its path. */
function file (name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}
// How many files of ours are loaded: the gate alone where nothing is traced, else what a start needs, too. What comes later is in a third.
// Patches, and the engine, come with what the program itself uses.
const OURS = `Object.keys(require.cache).filter(file => file.startsWith(${JSON.stringify(join(ROOT, 'dist'))}) && !/(patches.[\\w-]+|engine).js$/.test(file)).length`

for (const app of ['preload.cjs', 'preload.mjs']) {
  traces(`${app}: --require, absolute`, app, PICTURE)
  traces(`${app}: --require, relative`, app, PICTURE, { node: ['--require', './register.js'] })
  traces(`${app}: --import, absolute`, app, PICTURE, { node: ['--import', REGISTER] })
  traces(`${app}: --import, relative`, app, PICTURE, { node: ['--import', './register.js'] })
  traces(`${app}: NODE_OPTIONS`, app, PICTURE, { node: [], env: { NODE_OPTIONS: '--require ./register.js' } })
}
for (const app of ['preload.ts', 'preload.mts']) {
  traces(`${app}: node --import tsx`, app, PICTURE, { node: ['--require', REGISTER, '--import', 'tsx'] })
  traces(`${app}: tsx, the program`, app, PICTURE, { node: [join(ROOT, 'node_modules/.bin/tsx')], env: { NODE_OPTIONS: `--require ${REGISTER}` } })
}

test('as autospan/register, from a tarball in an empty application', async () => {
  const there = join(folder, 'empty')
  mkdirSync(there)
  const npm = (args: string[], cwd: string): string => {
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
    assert.equal(status, 0, stderr)
    return stdout
  }
  const [{ filename, files }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT))
  const paths: string[] = files.map(({ path }: { path: string }) => path)
  assert.ok(!paths.some(path => path.includes('_template')))
  assert.deepEqual(paths.filter(path => !/^(register\.js|package\.json|README\.md|LICENSE|dist\/(src|bundle)\/.*\.js|dist\/src\/(index|testing|export\/memory)\.d\.ts)$/.test(path)), [])
  // What npm does with the tarball, without a registry: unpacked, and its dependencies beside it.
  const modules = join(there, 'node_modules')
  mkdirSync(join(modules, 'autospan'), { recursive: true })
  assert.equal(spawnSync('tar', ['-xzf', join(folder, filename), '-C', join(modules, 'autospan'), '--strip-components=1']).status, 0)
  for (const dependency of Object.keys(require(join(modules, 'autospan/package.json')).dependencies)) {
    cpSync(join(ROOT, 'node_modules', dependency), join(modules, dependency), { recursive: true })
  }
  const app = join(there, 'app.js')
  writeFileSync(app, `
    const { createServer, get } = require('node:http')
    const server = createServer((req, res) => res.end()).listen(0, () => get({ port: server.address().port }, res => res.resume().on('end', () => server.close()).on('end', () => server.closeAllConnections())))`)
  for (const node of [['--require', 'autospan/register'], ['--import', 'autospan/register']]) {
    const { code, stdout, stderr, spans } = await run(app, { node, cwd: there })
    assert.deepEqual([code, stdout, stderr, spans.map(span => span.name)], [0, '', '', ['GET', 'GET']], node.join(' '))
  }
})

test('a second preload does nothing but say so: the same file, by --import, another copy', async () => {
  const other = copy('other')
  const again: Array<[string[], string]> = [
    [['--require', REGISTER], `${REGISTER} is in force, the second time does nothing`],
    [['--import', REGISTER], `${REGISTER} is in force, the second time does nothing`],
    [['--require', other], `${REGISTER} is in force, ${other} does nothing`]
  ]
  for (const [more, notice] of again) {
    const { code, stderr, spans } = await run('preload.cjs', { node: ['--require', REGISTER, ...more] })
    assert.deepEqual([code, stderr, spans.length], [0, `autospan: it is preloaded twice: ${notice}\n`, 2])
  }
})

test('what transforms or counts files as they are required is given none of ours, which come with what the application uses', async () => {
  const app = file('transforms.js', `
    const seen = []
    const { '.js': plain } = require.extensions
    require.extensions['.js'] = (module, file) => { seen.push(file); plain(module, file) }
    require('./transformed')
    const http = require('http')
    const server = http.createServer((_, res) => res.end()).listen(0, () => http.get({ port: server.address().port, agent: false }, res => res.resume().on('end', () => {
      server.close()
      console.log(seen.filter(file => !file.includes('node_modules')).map(file => require('path').basename(file)).join())
    })))`)
  file('transformed.js', '')
  const { code, stdout, stderr, spans } = await run(app)
  assert.deepEqual([code, stdout, stderr, spans.length], [0, 'transformed.js\n', '', 2])
})

test('threads and children start on their own, without that notice; the thread of the loader does not start at all', async () => {
  file('loader.mjs', `
    import module from 'node:module'
    const ours = () => Object.keys(module._cache).filter(file => file.endsWith('/dist/bundle/start.js')).length
    export const resolve = (url, context, next) => url === 'ours:loader' ? { url, shortCircuit: true } : next(url, context)
    export const load = (url, context, next) => url === 'ours:loader' ? { format: 'module', shortCircuit: true, source: 'export default ' + ours() } : next(url, context)`)
  const app = file('family.mjs', `
    import { fork } from 'node:child_process'
    import { createRequire, register } from 'node:module'
    import { Worker } from 'node:worker_threads'
    const require = createRequire(import.meta.url)
    const ours = () => ${OURS}
    if (process.argv[2] === 'child') process.send(ours() === 2)
    else {
      register('./loader.mjs', import.meta.url)
      const inLoader = (await import('ours:loader')).default
      const inChild = await new Promise(resolve => fork(process.argv[1], ['child']).on('message', resolve))
      const inWorker = await new Promise(resolve => new Worker(\`require("node:worker_threads").parentPort.postMessage(\${ours.toString().slice(6)} === 2)\`, { eval: true }).on('message', resolve))
      console.log(inLoader, inChild, inWorker)
    }`)
  const { code, stdout, stderr } = await run(app, { env: { OTEL_BSP_SCHEDULE_DELAY: 'soon' } })
  const warning = 'autospan: OTEL_BSP_SCHEDULE_DELAY=soon is ignored: it takes a whole number from 0 to 2147483647; 5000 is used\n'
  // Node itself may say that module.register is deprecated.
  assert.deepEqual([code, stdout, stderr.split(/^/m).filter(line => line.startsWith('autospan:'))], [0, '0 true true\n', [warning, warning]])
})

test('package managers and build tools are left alone; what the former start is traced, what a build starts is not', async () => {
  const text = `
    const { spawnSync } = require('node:child_process')
    console.log(${OURS}, spawnSync(process.execPath, ['-p', ${JSON.stringify(OURS)}], { encoding: 'utf8' }).stdout.trim() === '2')`
  const seen = async (path: string, args: string[] = [], env: Run['env'] = {}): Promise<string> => {
    const { stdout, stderr } = await run(path, { node: [], args, env: { NODE_OPTIONS: `--require ${REGISTER}`, ...env } })
    return stderr + stdout.trim()
  }
  const tool = (path: string): string => file(`tools/node_modules/${path}`, text)
  const next = tool('next/dist/bin/next')
  const programs = ['npm/bin/npm-cli.js', '@swc/cli/bin/swc.js', '.pnpm/typescript@5.9.3/node_modules/typescript/bin/tsc'].map(tool)
  const link = join(folder, 'tools/node_modules/.bin/npx')
  mkdirSync(join(link, '..'))
  symlinkSync('../npm/bin/npm-cli.js', link)
  programs.push(link, file('tools/.yarn/releases/yarn-4.1.0.cjs', text), file('opt/yarn-v1.22.22/bin/yarn.js', text))
  file('opt/yarn-v1.22.22/package.json', '{ "name": "yarn" }')
  for (const program of programs) assert.equal(await seen(program), '1 true', program)
  for (const program of [next, tool('vite/bin/vite.js')]) {
    assert.equal(await seen(program, ['build']), '1 false', program)
    assert.equal(await seen(program, ['start']), '2 true', program)
  }
  const debug = { OTEL_LOG_LEVEL: 'debug' }
  assert.equal(await seen(link, [], debug), `autospan: ${link} is a program of npm, and no application: nothing is traced here\n1 true`)
  assert.equal(await seen(next, ['build'], debug), `autospan: ${next} is a program of next, and no application: nothing is traced here, nor in what it starts\n1 false`)

  // Not the name of a file makes it one.
  for (const name of ['nx.js', 'npm.js', 'yarn-4.1.0.cjs', 'next.js', 'vite.js']) assert.equal(await seen(file(`own/${name}`, text), ['build']), '2 true', name)
  file('own/package.json', '{ "name": "shop" }')
  assert.equal(await seen(file('own/bin/npm-cli.js', text)), '2 true')
  assert.equal(await seen(tool('npm-audit/index.js')), '2 true')
})

test('switched off, next to nothing is loaded, and nothing is said', async () => {
  for (const env of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_SDK_DISABLED: 'TRUE' }, { AUTOSPAN_ENABLED: 'false' }, { AUTOSPAN_ENABLED: 'off' }, { AUTOSPAN_ENABLED: '0' }]) {
    const { stdout, stderr } = await run('', { env: { ...env, OTEL_PROPAGATORS: 'nonsense' }, args: ['-p', OURS] })
    assert.deepEqual([stdout, stderr], ['1\n', ''], JSON.stringify(env))
  }
  const { stdout, stderr } = await run('', { env: { OTEL_SDK_DISABLED: '1' }, args: ['-p', OURS] })
  assert.equal(stdout, '2\n')
  assert.equal(stderr, 'autospan: OTEL_SDK_DISABLED=1 is ignored: it takes true or false; false is used\n')
})

test('patches are switched off and on by the lists and by their own switches', async () => {
  const names = async (env: Run['env']): Promise<string> => {
    const { spans, stderr } = await run('preload.cjs', { env })
    assert.equal(stderr, '')
    return spans.map(span => span.name).sort().join()
  }
  assert.equal(await names({}), 'GET,GET /hello/:name')
  assert.equal(await names({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg, express' }), 'GET,GET')
  assert.equal(await names({ AUTOSPAN_EXPRESS: 'off' }), 'GET,GET')
  assert.equal(await names({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' }), 'GET,GET')
  assert.equal(await names({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }), '')
})

test('what is set in vain is told of, a line each, on stderr', async () => {
  const { patches } = require('../patches') as { patches: object }
  const said: Array<[Record<string, string>, RegExp | string]> = [
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pgg,pg,fs' }, `there is no patch named pgg, fs; there are ${Object.keys(patches).join(', ')}`],
    [{ AUTOSPAN_PG: 'maybe' }, 'AUTOSPAN_PG=maybe is ignored: it takes on or off; true is used'],
    [{ AUTOSPAN_IGNORE_INCOMMING: '/x' }, 'there is no setting AUTOSPAN_IGNORE_INCOMMING; the nearest is AUTOSPAN_IGNORE_INCOMING'],
    [{ AUTOSPAN_HTTP_ENABLED: 'false' }, 'there is no setting AUTOSPAN_HTTP_ENABLED; the nearest is AUTOSPAN_HTTP'],
    [{ AUTOSPAN_KEEP_SPAMS: '5' }, 'there is no setting AUTOSPAN_KEEP_SPAMS; the nearest is AUTOSPAN_KEEP_SPANS'],
    [{ AUTOSPAN_EXPRES: 'off' }, 'there is no setting AUTOSPAN_EXPRES; the nearest is AUTOSPAN_EXPRESS'],
    [{ OTEL_PROPAGATORS: 'foo, tracecontext,tracecontext' }, /^OTEL_PROPAGATORS: foo is ignored: it takes tracecontext, baggage, .*$/],
    [{ OTEL_PROPAGATORS: 'foo' }, /^OTEL_PROPAGATORS=foo is ignored: it takes .*; tracecontext,baggage is used$/],
    [{ OTEL_TRACES_SAMPLER: 'Often' }, /^OTEL_TRACES_SAMPLER=Often is ignored: it takes .*; parentbased_always_on is used$/],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: '0' }, 'OTEL_BSP_MAX_QUEUE_SIZE=0 is ignored: it takes a whole number from 1 on; 2048 is used'],
    [{ OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '-1', OTEL_EXPORTER_OTLP_TIMEOUT: '7' },
      'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=-1 is ignored: it takes a whole number from 0 to 2147483647; OTEL_EXPORTER_OTLP_TIMEOUT is used'],
    // A timer of Node's that is to wait longer does not wait at all.
    [{ OTEL_BSP_SCHEDULE_DELAY: '2147483648' }, 'OTEL_BSP_SCHEDULE_DELAY=2147483648 is ignored: it takes a whole number from 0 to 2147483647; 5000 is used'],
    [{ AUTOSPAN_MAX_TRACE_AGE: '36000m' }, /^AUTOSPAN_MAX_TRACE_AGE=36000m is ignored: it takes milliseconds, .*of up to 24 days; no limit is used$/],
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: 'pollingIntervalMs=9999999999' },
      /^pollingIntervalMs=9999999999 of OTEL_TRACES_SAMPLER_ARG is ignored: it takes milliseconds, .*; 60000 is used$/],
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: 'pollingIntervalMs=fast' }, /^pollingIntervalMs=fast of OTEL_TRACES_SAMPLER_ARG is ignored/],
    [{ OTEL_CONFIG_FILE: 'otel.yaml' }, 'OTEL_CONFIG_FILE is not supported: the file is NOT read, settings come from the environment alone'],
    [{ OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database/dup' },
      'OTEL_SEMCONV_STABILITY_OPT_IN: attributes are written by their stable names alone, not under their old names, too']
  ]
  for (const [env, line] of said) {
    const { code, stdout, stderr } = await run('', { env, args: ['-e', '0'] })
    assert.deepEqual([code, stdout], [0, ''])
    assert.match(stderr, /^autospan: [^\n]*\n$/)
    if (typeof line === 'string') assert.equal(stderr, `autospan: ${line}\n`)
    else assert.match(stderr.slice('autospan: '.length, -1), line)
  }
})

test('the settings of an application that pm2 starts in its cluster mode: they are in the environment only after the preloads', async () => {
  const pm2 = { OTEL_SERVICE_NAME: 'shop', AUTOSPAN_PG: 'maybe', AUTOSPAN_FOO: '1', instances: 2, axm_options: {} }
  const { stderr, spans } = await run('preload.cjs', { env: { OTEL_SERVICE_NAME: 'daemon', pm2_env: JSON.stringify(pm2) } })
  assert.equal(spans[0].resource['service.name'], 'shop')
  assert.match(stderr, /^autospan: AUTOSPAN_PG=maybe is ignored: .*\nautospan: there is no setting AUTOSPAN_FOO; .*\n$/)
  assert.equal((await run('preload.cjs', { env: { OTEL_SERVICE_NAME: 'mine', pm2_env: 'of somebody else' } })).spans[0].resource['service.name'], 'mine')
})

test('what is good, empty or of no concern is not told of', async () => {
  const env = {
    OTEL_SDK_DISABLED: 'False', OTEL_PROPAGATORS: 'B3,tracecontext', OTEL_TRACES_SAMPLER: '', OTEL_BSP_SCHEDULE_DELAY: ' ', OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database', OTEL_NODE_RESOURCE_DETECTORS: 'all', AUTOSPAN_EXPRESS_MIDDLEWARE: 'slow:50', AUTOSPAN_HTTP: 'ON', OTEL_CONFIG_FILE: ''
  }
  const { stdout, stderr } = await run('', { env, args: ['-e', '0'] })
  assert.deepEqual([stdout, stderr], ['', ''])
  const quiet = await run('', { env: { OTEL_LOG_LEVEL: 'none', OTEL_PROPAGATORS: 'foo', AUTOSPAN_FOO: '1' }, args: ['-e', '0'] })
  assert.equal(quiet.stderr, '')
})

test('the process that started this one is the parent of what this one starts, not of what comes in', async () => {
  const traceId = 'a'.repeat(32)
  const spanId = 'b'.repeat(16)
  const env = { TRACEPARENT: `00-${traceId}-${spanId}-01`, TRACESTATE: 'vendor=1', BAGGAGE: 'k=v' }
  const { spans } = await run('preload.cjs', { env })
  const client = spans.find(span => span.kind === 'client')!
  assert.deepEqual([client.traceId, client.parentSpanId, client.traceState], [traceId, spanId, 'vendor=1'])
  const stranger = file('stranger.js', `
    const { createServer } = require('node:http'), { connect } = require('node:net')
    const server = createServer((req, res) => { res.end(); server.close() }).listen(0, () => connect(server.address().port).end('GET / HTTP/1.0\\r\\n\\r\\n'))`)
  const [served] = (await run(stranger, { env })).spans
  assert.equal(served.parentSpanId, '')
  assert.notEqual(served.traceId, traceId)
  assert.equal((await run('preload.cjs', { env: { TRACEPARENT: `00-${traceId}-${spanId}-00` } })).spans.length, 0)
  assert.equal((await run('preload.cjs', { env: { TRACEPARENT: 'nonsense' } })).spans.length, 2)
  // What it puts there itself, before it loads anything that is traced, is for those that it starts.
  const own = file('own.js', `process.env.TRACEPARENT = ${JSON.stringify(env.TRACEPARENT)}; require('node:http').get('http://127.0.0.1:1').on('error', () => {})`)
  const [called] = (await run(own)).spans
  assert.equal(called.parentSpanId, '')
})
