import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { intersects, major, rcompare, satisfies } from 'semver'
import { patches } from '../patches'
import type { Part } from '../src/patch'
import { SERVICES, supervised, type Service, type ServiceName } from './services'

const ROOT = resolve(__dirname, '../..')

/**
 * Try the range that is promised: `npm run versions -- pg koa`, or without a name for all patches. Of every package that the applications of a
 * patch's tests import, the lowest and the highest release of each major in each range of the patch is installed, and the same tests are run with it.
 */
async function main (): Promise<void> {
  const names = process.argv.slice(2)
  for (const name of names) if (!(name in patches)) throw new Error(`there is no patch '${name}'; there are ${Object.keys(patches).join(', ')}`)
  const services: Service[] = []
  const rows: Row[] = []
  try {
    for (const name of Object.keys(SERVICES) as ServiceName[]) services.push(await SERVICES[name]())
    const env = Object.assign({}, process.env, ...services.map(({ env }) => env))
    for (const patch of names.length > 0 ? names : Object.keys(patches)) rows.push(...await tried(patch, env))
  } finally {
    for (const service of services) await service.stop()
  }
  console.table(rows)
  if (rows.length === 0 || rows.some(({ outcome }) => outcome !== 'pass')) process.exitCode = 1
}

interface Row { patch: string, package: string, version: string, node: string, outcome: string }
interface Release { version: string, dependencies?: Record<string, string>, engines?: { node?: string } }

async function tried (patch: string, env: NodeJS.ProcessEnv): Promise<Row[]> {
  const { parts } = patches[patch]
  if (parts.every(({ module }) => isBuiltin(module))) return []
  const tests = readdirSync(join(__dirname, 'patches')).filter(file => file === `${patch}.test.js` || (file.startsWith(`${patch}-`) && file.endsWith('.test.js')))
    .map(file => join(__dirname, 'patches', file))
  const wanted = imported(tests)
  const rows: Row[] = []
  const known = new Set<string>()
  // An alias ('npm:redis@3') has its turn after the package, with the modules that are then left: older releases of redis are no @redis/client.
  for (const name of Object.keys(wanted).sort((a, b) => Number(isAlias(a, wanted)) - Number(isAlias(b, wanted)))) {
    const real = packageOf(name, wanted)
    const about = (release: Release): Part[] => parts.filter(part => isAbout(real, release, part, parts))
    const installed = releases(real).find(({ version }) => satisfies(version, wanted[name].replace(/^npm:.+@/, '')))
    const modules = (installed === undefined ? [] : about(installed)).map(({ module }) => module).filter(module => !known.has(module))
    for (const module of modules) known.add(module)
    for (const release of ends(releases(real), release => about(release).filter(({ module }) => modules.includes(module)))) {
      const row = { patch, package: name, version: release.version, ...await outcome(name, release, wanted, tests, env) }
      console.log(`${row.package} ${row.version} (node ${row.node}): ${row.outcome}`)
      rows.push(row)
    }
  }
  return rows
}

/** What the applications that these tests name import, and in which version this project has it. */
function imported (tests: string[]): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const found: Record<string, string> = {}
  for (const test of tests) {
    for (const [, app] of readFileSync(test, 'utf8').matchAll(/['"]([\w./-]+\.(?:js|mjs|cjs|ts))['"]/g)) {
      const file = join(ROOT, 'test/apps', app)
      if (!existsSync(file)) continue
      for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\brequire\(|\bimport\(|\bimport)\s*['"]((?:@[^'"/]+\/)?[^'"./][^'"/]*)/g)) {
        if (isBuiltin(name)) continue
        if (devDependencies[name] === undefined) throw new Error(`test/apps/${app} imports ${name}, which is not among the devDependencies`)
        found[name] = devDependencies[name]
      }
    }
  }
  return found
}

const isAlias = (name: string, wanted: Record<string, string>): boolean => wanted[name].startsWith('npm:')
/** The package that is meant by a name. */
const packageOf = (name: string, wanted: Record<string, string>): string => /^npm:(.+)@/.exec(wanted[name])?.[1] ?? name

/** Every release of a package that is no prerelease, the newest first. */
function releases (name: string): Release[] {
  let found = viewed.get(name)
  if (found === undefined) {
    // With the name, each is an object: npm shortens all of them to bare values if the first has only a version.
    const { stdout, stderr, status } = spawnSync('npm', ['view', `${name}@>=0`, 'name', 'version', 'dependencies', 'engines', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    if (status !== 0) throw new Error(`npm view ${name}: ${stderr}`)
    const all: Release[] = [JSON.parse(stdout)].flat()
    viewed.set(name, found = all.sort((a, b) => rcompare(a.version, b.version)))
  }
  return found
}
const viewed = new Map<string, Release[]>()

/** What else is installed beside a release: what this project has, unless that asks for another one; then the newest that takes it. */
function beside (name: string, version: string, wanted: Record<string, string>): Record<string, string> {
  const chosen: Record<string, string> = { ...wanted, [name]: isAlias(name, wanted) ? `npm:${packageOf(name, wanted)}@${version}` : version }
  for (const other of Object.keys(wanted)) {
    if (other === name || isAlias(other, wanted)) continue
    const takes = ({ dependencies }: Release): boolean => satisfies(version, dependencies?.[name] ?? '*')
    const newest = releases(other).find(release => satisfies(release.version, wanted[other]))
    if (newest !== undefined && !takes(newest)) chosen[other] = releases(other).find(takes)?.version ?? wanted[other]
  }
  return chosen
}

/** Does the promise of this part hold for the release: is it in the range itself, or (redis has its code in @redis/client) made of what is? */
function isAbout (name: string, { version, dependencies }: Release, part: Part, parts: Part[]): boolean {
  if (part.module === name) return satisfies(version, part.versions)
  const range = parts.some(({ module, versions }) => module === name && satisfies(version, versions)) ? undefined : dependencies?.[part.module]
  return range !== undefined && intersects(range, part.versions)
}

/** The highest and the lowest release of each major in each range, the newest first. */
function ends (releases: Release[], about: (release: Release) => Part[]): Release[] {
  const high = new Set<string>()
  const low = new Map<string, Release>()
  const chosen = new Set<Release>()
  for (const release of releases) {
    for (const { module, versions } of about(release)) {
      const key = `${module} ${versions} ${major(release.version)}`
      if (!high.has(key)) chosen.add(release)
      high.add(key)
      low.set(key, release)
    }
  }
  for (const release of low.values()) chosen.add(release)
  return releases.filter(release => chosen.has(release))
}

/** Install the release beside copies of the applications, everything else as this project has it, and run the tests with them. */
async function outcome (name: string, { version, engines }: Release, wanted: Record<string, string>, tests: string[], env: NodeJS.ProcessEnv): Promise<{ node: string, outcome: string }> {
  const isOurs = satisfies(process.version, engines?.node ?? '*')
  const [node, ...before] = isOurs ? [process.execPath] : ['npx', '-y', '-p', 'node@24', 'node']
  const by = isOurs ? process.versions.node : '24'
  const folder = mkdtempSync(join(tmpdir(), 'autospan-versions-'))
  // Also where another package brings it along.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: beside(name, version, wanted), overrides: { [name]: `$${name}` } }))
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error']
  const install = spawnSync('npm', ['install', ...options], { cwd: folder, encoding: 'utf8', timeout: 300_000 })
  if (install.status !== 0) {
    rmSync(folder, { recursive: true, force: true })
    return { node: by, outcome: `could not be installed: ${install.stderr}` }
  }
  cpSync(join(ROOT, 'test/apps'), join(folder, 'apps'), { recursive: true })
  const run = supervised(node, [...before, '--test', '--test-reporter=spec', ...tests],
    { env: { ...env, AUTOSPAN_TEST_APPS: join(folder, 'apps') }, stdio: ['pipe', 'pipe', 'inherit'], timeout: 600_000 }, folder)
  let printed = ''
  run.stdout!.setEncoding('utf8').on('data', text => { printed += text })
  const status = await new Promise(resolve => run.on('close', resolve))
  if (status === 0) return { node: by, outcome: 'pass' }
  console.log(printed.slice(printed.indexOf('failing tests:')))
  return { node: by, outcome: `fail: ${/ℹ fail (\d+)/.exec(printed)?.[1] ?? String(status)}` }
}
void main()
