import diagnostics from 'node:diagnostics_channel'
import type ModuleClass from 'node:module'
import { messageOf, say } from '../log'
import { builtin } from '../trace/builtin'
import { mimic } from '../trace/context'

/** The class of all modules, which node:module would hand out, too, after a millisecond. */
export const Module = module.constructor as typeof ModuleClass

/** What Node itself notes of each of its modules that is loaded, whoever wanted it: 'NativeModule _http_client'. It only grows. */
const loaded = (process as { moduleLoadList?: string[] }).moduleLoadList
const NOTE = 'NativeModule '

/** The inner modules in which Node keeps what we patch: `https` loads that of http without http itself. */
const OUTER: Record<string, string> = {
  _http_client: 'http',
  'internal/child_process': 'child_process',
  'internal/worker': 'worker_threads',
  'internal/console/global': 'console'
}

const waiting = new Map<string, (exports: any) => void>()
let seen = 0

/**
 * `arrived` will be called with the exports of the builtin `name`: by `watchBuiltins`, if it is loaded already, else as soon as the application, or
 * somebody on its behalf, has loaded it. To load http, https, child_process and worker_threads only to patch them took 10 ms of every start.
 */
export function arrive (name: string, arrived: (exports: any) => void): void { waiting.set(name, arrived) }

/** Look for what has arrived. Nearly always there is nothing new, and that is a comparison. */
function look (): void {
  while (seen < loaded!.length) {
    const inner = loaded![seen++].slice(NOTE.length)
    const name = OUTER[inner] ?? inner
    const arrived = waiting.get(name)
    if (arrived === undefined) continue
    waiting.delete(name)
    hand(name, arrived)
  }
}

/** The application may have a guard before all that is loaded: to be refused is no failure of its own. */
function hand (name: string, arrived: (exports: any) => void): void {
  let exports
  try { exports = builtin(name) } catch (error) { return say('debug', `${name} is not traced: ${messageOf(error)}`) }
  arrived(exports)
}

/** Begin to look, wherever a builtin may just have come and nobody has used it yet. */
export function watchBuiltins (): void {
  // A Node that notes nothing of the kind: then all of them are loaded, and patched, here and now.
  if (loaded === undefined) return waiting.forEach((arrived, name) => hand(name, arrived))
  look()
  // Who asks for one has it when it is patched.
  behind(Module, '_load', look)
  behind(process, 'getBuiltinModule', look)
  // What an ES module imports is loaded in an earlier task than the module runs. Nothing of ours is called for it, but while it loads it makes channels.
  behind(diagnostics, 'channel', () => { if (seen < loaded.length) queueMicrotask(look) })
  // All but https, which makes none; and a module that is imported by require() runs at once.
  diagnostics.subscribe('tracing:net.server.listen:asyncStart', look)
  diagnostics.subscribe('net.client.socket', look)
}

function behind (holder: any, method: string, then: () => void): void {
  const original = holder[method]
  // Node has had getBuiltinModule since 20.16.
  if (typeof original !== 'function') return
  holder[method] = mimic(original, follow(original, then))
}

const followed = (original: Function, then: () => void) => function (this: unknown): unknown {
  const out = original.apply(this, arguments)
  then()
  return out
}
/**
 * Of some of its modules (punycode) Node warns unless a package asks for them, and takes whoever it meets first on the stack for who asks.
 * So this passes for a part of a package wherever we are: else, from a checkout, it would warn of what the application's packages do.
 */
const follow = passing()
function passing (): typeof followed {
  const file = '/node_modules/autospan/behind.js'
  const made: any = new Module(file)
  made._compile(`module.exports = ${followed}`, file)
  return made.exports
}
