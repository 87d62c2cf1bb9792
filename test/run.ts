import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SERVICES, supervised, type Service, type ServiceName } from './services'

/** Milliseconds that the tests may take together. */
const LONGEST = 15 * 60_000

/** Run every test file, or those named in the arguments (`npm test -- pg http`), with one server of each kind for all of them. */
async function main (): Promise<void> {
  const wanted = process.argv.slice(2)
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.test.js') && (wanted.length === 0 || wanted.some(word => file.includes(word))))
    .map(file => join(__dirname, file))
  // Without a file node would take every script in every folder named test.
  if (files.length === 0) throw new Error(`no test file has ${wanted.join(' or ')} in its path`)
  const services: Service[] = []
  let status = 1
  try {
    for (const name of Object.keys(SERVICES) as ServiceName[]) services.push(await SERVICES[name]())
    const env = Object.assign({}, process.env, ...services.map(({ env }) => env))
    // A test that failed may have left a server behind, and its file does not end by itself. (--test-force-exit loses results, from Node 24 on.)
    const tests = supervised(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=3', ...files], { stdio: ['pipe', 'inherit', 'inherit'], env, timeout: LONGEST })
    status = await new Promise(resolve => tests.on('exit', code => resolve(code ?? 1)))
  } finally {
    for (const service of services) await service.stop()
  }
  process.exitCode = status
}
void main()
