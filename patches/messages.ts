import type { ChildProcess } from 'node:child_process'
import { active, options, resumed, told, type Patch, type Remote, type Scope, type Span, type Tap } from '../src/patch'

/**
 * A message's context goes ahead of it, in a message that Node keeps from the application: its `cmd` begins with 'NODE_', as that of Node's own ('NODE_HANDLE').
 * It is sent only to a process that is known to be traced. A child learns it of its parent from its environment, and then tells it of itself.
 */
const CMD = 'NODE_AUTOSPAN'
const PARENT = '_AUTOSPAN_PARENT'
interface Ahead { cmd: typeof CMD, context?: Remote }

/** This side of a channel whose other side is traced. */
interface End {
  /** A context has been sent, but its message could not be. */
  isAhead: boolean
  /** What the next message is to run in. */
  next: Scope | undefined
  /** Whether messages are read as they come. Those that nobody listens to yet are kept back by Node, and what is sent ahead of them is not. */
  isRead: boolean
}
const END = Symbol('autospan.end')
type Process = (NodeJS.Process | ChildProcess) & { [END]?: End }

const isInternal = (message: any): boolean => typeof message?.cmd === 'string' && message.cmd.length > 5 && message.cmd.startsWith('NODE_')
/** One that can be lost on its way, for it brings a handle, has no context. */
const isPlain = (args: any): boolean => !isInternal(args[0]) && (typeof args[1] !== 'object' || args[1] === null)

function ahead (self: Process, span: Span | undefined): void {
  const message: Ahead = { cmd: CMD, context: span === undefined ? undefined : told(span) }
  // With a callback a channel that is closed meanwhile is no error event.
  self.send!(message, undefined, undefined, () => {})
}

const sent: Omit<Tap, 'of'> = {
  method: 'send',
  before (self: Process, args) {
    const end = self[END]
    if (end === undefined || !self.connected || !isPlain(args)) return
    const span = active()
    if (span === undefined && !end.isAhead) return
    ahead(self, span)
    end.isAhead = span !== undefined
  },
  // Not reached if the message could not be copied, and was not sent.
  after (self: Process, _, args) { if (self[END] !== undefined && isPlain(args)) self[END].isAhead = false }
}

const received: Omit<Tap, 'of'> = {
  method: 'emit',
  inside (self: Process, args) {
    if (args[0] === 'internalMessage' && args[1]?.cmd === CMD) return hear(self, args[1])
    const end = self[END]
    if (end === undefined || args[0] !== 'message' || args[2] !== undefined) return undefined
    const scope = end.next
    end.next = undefined
    return scope
  }
}

function hear (self: Process, { context }: Ahead): undefined {
  const end = self[END] ??= { isAhead: false, next: undefined, isRead: true }
  const isRead = self.listenerCount('message') > 0
  end.next = isRead && end.isRead && context !== undefined ? resumed(context) : undefined
  end.isRead = isRead
}

/** A child is to learn that this process is traced. */
const forked: Tap = {
  of: processes => processes.ChildProcess.prototype,
  method: 'spawn',
  own: [sent],
  before (_, args) {
    const { stdio, envPairs } = args[0]
    if (Array.isArray(stdio) && stdio.includes('ipc') && Array.isArray(envPairs)) args[0].envPairs = [...envPairs.filter(pair => !pair.startsWith(`${PARENT}=`)), `${PARENT}=${process.pid}`]
  }
}

/** This process, if it was forked by one that is traced, and by none in between. Node itself has loaded child_process then, before anything else. */
const child = (): Process | undefined => (process as Process)[END] === undefined ? undefined : process
function begun (): void {
  if (process.send === undefined || options.take(PARENT) !== String(process.ppid)) return
  (process as Process)[END] = { isAhead: false, next: undefined, isRead: true }
  ahead(process, undefined)
}

export const messages: Patch = {
  about: 'the context, along with the messages between a process and those that it forks',
  parts: [
    { module: 'child_process', versions: '*', tap: [forked, { of: processes => processes.ChildProcess.prototype, ...received }], loaded: begun },
    { module: 'child_process', versions: '*', tap: [{ of: child, ...sent }, { of: child, ...received }] }
  ]
}
