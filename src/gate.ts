import { basename } from 'node:path'
import { disableChildren, environment, read, SETTINGS } from './config'
import { say, speakAt } from './log'

/** Where the register.js that is in force lies: one for a thread, whichever copy of us it is. */
const REGISTERED = Symbol.for('autospan.registered')

// Programs that run under somebody's NODE_OPTIONS without being the application. What they start may well be one.
const TOOLS = new Set(['npm', 'npm-cli', 'npx', 'npx-cli', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack', 'turbo', 'nx', 'lerna', 'tsx', 'nodemon',
  'concurrently', 'cross-env', 'husky', 'lint-staged', 'node-gyp', 'tsc', 'vue-tsc', 'tsup', 'esbuild', 'swc', 'rollup', 'webpack', 'parcel', 'eslint', 'prettier'])
// These build by `<name> build`, in many processes; the other words they take may start an application.
const BUILDERS = new Set(['next', 'vite', 'nuxt', 'nuxi', 'astro', 'nest', 'ng', 'remix', 'react-router', 'gatsby', 'react-scripts', 'vue-cli-service', 'svelte-kit'])

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
  // A project may bring its own 'yarn-4.1.0.cjs'.
  const name = basename(program).replace(/\.[cm]?js$/, '').replace(/^yarn-[\d.]+$/, 'yarn')
  if (TOOLS.has(name)) return true
  if (command !== 'build' || !BUILDERS.has(name)) return false
  disableChildren()
  return true
}
