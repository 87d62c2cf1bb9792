import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { picture } from '../src/export/tree'
import { collector, type Seen } from './collector'
import { SERVICES, type Service, type ServiceName } from './services'

export const ROOT = resolve(__dirname, '../..')
export const REGISTER = join(ROOT, 'register.js')
/** Where the little applications are; `npm run versions` puts them beside other versions of their libraries. */
export const APPS = process.env.AUTOSPAN_TEST_APPS ?? join(ROOT, 'test/apps')

export interface Run {
  /** Variables for the application; `undefined` takes one away. */
  env?: Record<string, string | undefined>
  /** Servers that the application needs; it finds them by PGHOST, PGPORT, ... and by REDIS_HOST, REDIS_PORT. */
  needs?: ServiceName[]
  /** Arguments for node; `--require register.js` if left out. */
  node?: string[]
  /** Arguments for the application. */
  args?: string[]
  /** The program that runs it; this node if left out. */
  program?: string
  /** Where it runs; the root of this project if left out. */
  cwd?: string
}
export interface Outcome { code: number | null, signal: string | null, stdout: string, stderr: string, spans: Seen[] }

/** What the tests tell each other is not for an application. */
export const forApplications = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AUTOSPAN_TEST_') && name !== 'NODE_TEST_CONTEXT'))

/** Run an application of test/apps (or a path) as a user would, with a collector of its own; what it printed, and the spans that arrived. */
export async function run (app: string, { env = {}, needs = [], node = ['--require', REGISTER], args = [], program = process.execPath, cwd = ROOT }: Run = {}): Promise<Outcome> {
  const sink = await collector()
  const addresses = Object.assign({}, ...await Promise.all(needs.map(async name => (await service(name)).env)))
  const child = spawn(program, [...node, ...(app === '' ? [] : [resolve(APPS, app)]), ...args], {
    env: { ...forApplications({ ...process.env, ...addresses }), NODE_OPTIONS: undefined, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => { stdout += text })
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('close', (code, signal) => resolve([code, signal])).on('error', reject)
  })
  await sink.close()
  return { code, signal, stdout, stderr, spans: sink.spans }
}

/** One server of a kind for all tests of this file; it ends with them. */
const running = new Map<ServiceName, Promise<Service>>()
function service (name: ServiceName): Promise<Service> {
  let promise = running.get(name)
  if (promise === undefined) running.set(name, promise = SERVICES[name]())
  return promise
}
after(async () => { for (const promise of running.values()) await (await promise.catch(() => undefined))?.stop() })

/**
 * A test that runs an application and compares the trees of its traces with a picture: one line a span, indented by two spaces beneath its parent,
 * `name  kind`, then `UNFINISHED` if it ended with the process only, then `ERROR type` if it failed, then the attributes that `show` names, as `key=value`. Siblings and traces in the order of their start.
 */
export function traces (name: string, app: string, picture: string, { show = [], ...options }: Run & { show?: string[] } = {}): void {
  test(name, async () => {
    const { code, stderr, spans } = await run(app, options)
    assert.equal(drawn(spans, show), picture.replace(/^\n/, '').trimEnd(), stderr)
    assert.equal(code, 0, stderr)
  })
}

/** The trees of some spans, as `traces` draws them. */
export const drawn = (spans: Seen[], show: string[] = []): string => picture(spans.map(({ spanId, parentSpanId, kind, status, ...span }) => ({
  ...span,
  id: spanId,
  parent: parentSpanId,
  kind: span.attributes['autospan.unfinished'] === true ? `${kind}  UNFINISHED` : kind,
  error: status.code === 2 ? String(span.attributes['error.type']) : undefined
})), show)
