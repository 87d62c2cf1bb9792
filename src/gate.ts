import { readFileSync, realpathSync } from 'node:fs'
import { disableChildren, environment, read, SETTINGS } from './config'
import { say, speakAt } from './log'

/** Where the register.js that is in force lies: one for a thread, whichever copy of us it is. */
const REGISTERED = Symbol.for('autospan.registered')

// Packages whose programs run under somebody's NODE_OPTIONS without being the application. What they start may well be one.
const TOOLS = new Set(['npm', 'pnpm', '@pnpm/exe', 'yarn', '@yarnpkg/cli-dist', 'corepack', 'turbo', 'nx', 'lerna', 'tsx', 'nodemon', 'concurrently', 'cross-env', 'husky',
  'lint-staged', 'node-gyp', 'typescript', 'vue-tsc', 'tsup', 'esbuild', '@swc/cli', 'rollup', 'webpack', 'webpack-cli', 'parcel', 'eslint', 'prettier'])
// These build by `<name> build`, in many processes; the other words they take may start an application.
const BUILDERS = new Set(['next', 'vite', 'nuxt', 'nuxi', '@nuxt/cli', 'astro', '@nestjs/cli', '@angular/cli', '@remix-run/dev', '@react-router/dev', 'gatsby', 'gatsby-cli',
  'react-scripts', '@vue/cli-service', '@sveltejs/kit'])

/**
 * Let tracing begin, by `begin`, unless it is switched off, this process is no application, or it has begun already.
 * It stands before everything else and loads next to nothing. `file` is the register.js that asks. Never throws.
 */
export function enter (file: string, begin: () => void): void {
  try {
    speakAt(read(SETTINGS.logLevel))
    if (read(SETTINGS.sdkDisabled) || !read(SETTINGS.enabled) || isLoaderThread() || isTool(process.argv)) return
    if (Number.parseInt(process.versions.node) < 20) return say('warn', `Node ${process.versions.node} is not traced: it takes Node 20 or newer`)
    const first = (globalThis as any)[REGISTERED]
    // From Node 24 on its test runner hands each preload on twice.
    if (first === file && environment('NODE_TEST_CONTEXT') !== undefined) return
    if (first !== undefined) return say('warn', `it is preloaded twice: ${first} is in force, ${first === file ? 'the second time' : file} does nothing`)
    Object.defineProperty(globalThis, REGISTERED, { value: file })
    begin()
  } catch (error) {
    say('error', `could not start, nothing is traced: ${String((error as Error)?.stack ?? error)}`)
  }
}

/** A worker may not change the directory. To ask node:worker_threads would cost every start 3 ms. */
export const isWorker = 'disabled' in process.chdir

/** Node runs the preloads in the thread of its module loader, too (module.register); a worker has a port to its parent. */
const isLoaderThread = (): boolean => isWorker && (require('node:worker_threads') as typeof import('node:worker_threads')).parentPort === null

/** Whether the program of this command line is a package manager or a build tool. The children of a build are none of ours, either. */
function isTool ([, program, command]: string[]): boolean {
  if (program === undefined) return false
  const name = packageOf(program)
  const isBuild = command === 'build' && BUILDERS.has(name)
  if (isBuild) disableChildren()
  else if (!TOOLS.has(name)) return false
  say('debug', `${program} is a program of ${name}, and no application: nothing is traced here${isBuild ? ', nor in what it starts' : ''}`)
  return true
}

/** The package that a program belongs to, wherever a link to it lies; empty if it is in none. An application may well have a file called `nx.js`. */
function packageOf (program: string): string {
  let path = program
  try { path = realpathSync(program) } catch { /* as in `node app`, without its ending; or it is not there */ }
  path = path.replaceAll('\\', '/')
  const packaged = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)
  if (packaged !== null) return packaged[1]
  // A project may bring its own.
  if (/\/\.yarn\/releases\/yarn-[^/]+$/.test(path)) return 'yarn'
  if (!/\/bin\/(npm|npx|pnpm|pnpx|yarn)(-cli)?(\.[cm]?js)?$/.test(path)) return ''
  // A system's own package manager may lie anywhere.
  try { return JSON.parse(readFileSync(`${path.slice(0, path.lastIndexOf('/bin/'))}/package.json`, 'utf8')).name } catch { return '' }
}
