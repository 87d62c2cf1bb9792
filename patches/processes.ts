import { active, changesFor, options, type Patch, type Tap } from '../src/patch'

/** spawn, exec, execFile and fork pass here, with an environment (`NAME=value`) that was made for this child. */
const spawn: Tap = {
  of: processes => processes.ChildProcess.prototype,
  method: 'spawn',
  before (_, args) {
    const span = active()
    const pairs: string[] | undefined = args[0].envPairs
    if (span === undefined || !Array.isArray(pairs)) return
    const changes = changesFor(span, name => pairs.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1))
    args[0].envPairs = pairs.filter(pair => !(pair.slice(0, pair.indexOf('=')) in changes)).concat(pairsOf(changes))
  }
}
const pairsOf = (changes: Record<string, string | undefined>): string[] =>
  Object.keys(changes).filter(name => changes[name] !== undefined).map(name => `${name}=${changes[name]!}`)

/** These pass nowhere else: they get options of their own. `at`: where their options are, behind the arguments of the program, if there are any. */
const sync = (method: string, at: (args: any) => number): Tap => ({
  of: processes => processes,
  method,
  before (_, args) {
    const span = active()
    const i = at(args)
    // What is no good is for Node to complain of.
    if (span === undefined || args[i] === null || !['object', 'undefined'].includes(typeof args[i])) return
    const given = args[i]?.env ?? options.environment()
    const env: Record<string, string | undefined> = {}
    // What an environment inherits is a part of it, too.
    for (const name in given) env[name] = given[name]
    args[i] = Object.assign({}, args[i], { env: Object.assign(env, changesFor(span, name => given[name])) })
    if (args.length <= i) args.length = i + 1
  }
})
const behindArguments = (args: any): number => Array.isArray(args[1]) || args[1] == null ? 2 : 1

export const processes: Patch = {
  about: 'the context, in the environment of the processes that are started',
  parts: [{
    module: 'child_process',
    versions: '*',
    tap: [spawn, sync('spawnSync', behindArguments), sync('execFileSync', behindArguments), sync('execSync', () => 1)]
  }]
}
