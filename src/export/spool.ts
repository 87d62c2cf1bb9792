import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../log'
import { SpanId } from '../trace/id'

export interface SpoolOptions {
  /** A folder; undefined: nothing is kept. */
  spool: string | undefined
  /** Bytes of all files in it, at most. */
  spoolBytes: number
}
/** A batch that was taken from the folder: nobody else takes it until it is given back. */
export interface Spooled { file: string, body: Uint8Array, spans: number }

/** When this process began, by the clock of the files. */
const BEGAN = Date.now() - process.uptime() * 1000
/** This thread of this process: another one has the same number, but is somebody else. */
const ME = `${process.pid}-${SpanId.next().hex}`
/** `<time>-<who wrote it>-<number>.<spans>.<kind>`, and behind that, while it is being sent, who sends it. */
const NAME = /^\d+-[\w-]+\.(\d+)\.([\w-]+)(?:\.((\d+)[\w-]*))?$/
/** What somebody was writing when he died. */
const HALF = /^\d+-(\d+)[\w-]*\..*~$/
let written = 0

/**
 * Encoded batches in a folder, one a file, that outlive the process. A file gets its name when it is whole, and who takes one gives it
 * another name: of several processes and threads one alone can do so. What a process that is gone had taken is taken again. Nothing is synced to the disk:
 * it holds against the death of a process, not against that of the machine.
 */
export class Spool {
  private readonly folder: string
  private readonly room: number
  private readonly kind: string
  constructor (folder: string, room: number, kind: string) {
    this.folder = folder
    this.room = room
    this.kind = kind
    this.safely(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(folder)) {
        const writer = HALF.exec(name)?.[1]
        if (writer !== undefined && !this.isHeld(name, Number(writer))) unlinkSync(join(folder, name))
      }
    })
  }

  /** Keep a batch. false: there is no room for it, or no writing. */
  put (body: Uint8Array, spans: number): boolean {
    return this.safely(() => {
      if (this.size() + body.length > this.room) return false
      const name = join(this.folder, `${Date.now()}-${ME}-${++written}.${spans}.${this.kind}`)
      const file = openSync(`${name}~`, 'wx', 0o600)
      try {
        try { for (let at = 0; at < body.length;) at += writeSync(file, body, at) } finally { closeSync(file) }
        renameSync(`${name}~`, name)
      } catch (error) {
        unlinkSync(`${name}~`)
        throw error
      }
      return true
    }) ?? false
  }

  /** The oldest batch that nobody has taken. */
  take (): Spooled | undefined {
    return this.safely(() => {
      for (const name of readdirSync(this.folder).sort()) {
        const [, spans, kind, owner, holder] = NAME.exec(name) ?? []
        if (kind !== this.kind || owner === ME || (owner !== undefined && this.isHeld(name, Number(holder)))) continue
        const taken = `${owner === undefined ? name : name.slice(0, -owner.length - 1)}.${ME}`
        try { renameSync(join(this.folder, name), join(this.folder, taken)) } catch { continue /* somebody was faster */ }
        return { file: taken, body: readFileSync(join(this.folder, taken)), spans: Number(spans) }
      }
      return undefined
    })
  }

  /** It has arrived, or never will. */
  remove (file: string): void {
    this.safely(() => unlinkSync(join(this.folder, file)))
  }

  /** It is to be sent later, by anybody. */
  back (file: string): void {
    this.safely(() => renameSync(join(this.folder, file), join(this.folder, file.slice(0, file.lastIndexOf('.')))))
  }

  /** By a process that is there. What bears our own number is a thread's of ours, unless it got its name before we began: by one that had the number before us. */
  private isHeld (name: string, pid: number): boolean {
    if (pid !== process.pid) return isAlive(pid)
    const named = statSync(join(this.folder, name), { throwIfNoEntry: false })?.ctimeMs
    return named === undefined || named >= BEGAN
  }

  private size (): number {
    let bytes = 0
    for (const name of readdirSync(this.folder)) {
      try { bytes += statSync(join(this.folder, name)).size } catch { /* sent meanwhile */ }
    }
    return bytes
  }

  private safely<T> (work: () => T): T | undefined {
    try { return work() } catch (error) {
      say('warn', `${this.folder} cannot be used to keep spans in (${(error as NodeJS.ErrnoException).code}); AUTOSPAN_SPOOL names another folder`)
      return undefined
    }
  }
}

/** A process of this machine. */
function isAlive (pid: number): boolean {
  try { return process.kill(pid, 0) } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM' }
}
