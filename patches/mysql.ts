import { here, keep, type Part, type Patch, type Scope, type Tap } from '../src/patch'

const SCOPE = Symbol('autospan.scope')
const prototype: Tap['of'] = exports => exports.prototype

/** A command is answered by its connection, which serves everybody and was opened by somebody. `callback`: the name under which the command has its callback. */
const queued = (method: string, callback: string): Tap => ({
  of: prototype,
  method,
  before (_, [command]) {
    command[SCOPE] = here()
    command[callback] = keep(command[callback])
  }
})
const tells: Tap = { of: prototype, method: 'emit', inside: command => command[SCOPE] as Scope | undefined }
/** Who waits for a connection is called by whoever releases one. */
const waits: Tap = { of: prototype, method: 'getConnection', before (_, args) { args[0] = keep(args[0]) } }

const part = (module: string, versions: string, file: string, tap: Tap): Part => ({ module, versions, file: `lib/${file}.js`, tap: [tap] })
export const mysql: Patch = {
  about: 'the context, into callbacks and listeners of queries and of pools',
  parts: [
    part('mysql', '>=2.16 <3', 'protocol/Protocol', queued('_enqueue', '_callback')),
    part('mysql', '>=2.16 <3', 'protocol/sequences/Sequence', tells),
    part('mysql', '>=2.16 <3', 'Pool', waits),
    part('mysql2', '>=1.7 <4', 'commands/command', tells),
    ...[['>=1.7 <3.11.5', ''], ['>=3.11.5 <4', 'base/']].flatMap(([versions, folder]) => [
      part('mysql2', versions, `${folder}connection`, queued('addCommand', 'onResult')),
      part('mysql2', versions, `${folder}pool`, waits)
    ])
  ]
}
