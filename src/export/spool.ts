import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../log'

export interface SpoolOptions {
  /** A folder; undefined: nothing is kept. */
  spool: string | undefined
  /** Bytes of all files in it, at most. */
  spoolBytes: number
}
/** A batch that was taken from the folder: nobody else takes it until it is given back. */
export interface Spooled { file: string, body: Uint8Array, spans: number }

/** `<time>-<process>-<number>.<spans>.<kind>`, and behind that, while it is being sent, the process that sends it. */
const NAME = /^\d+-\d+-\d+\.(\d+)\.([\w-]+?)(?:\.(\d+))?$/
/** What somebody was writing when he died. */
const HALF = /^\d+-(\d+)-\d+\..*~$/
let written = 0

/**
 * Encoded batches in a folder, one a file, that outlive the process. A file gets its name when it is whole, and a process that takes one gives it
 * another name: of several processes one alone can do so. What a process that is gone had taken is taken again. Nothing is synced to the disk:
 * it holds against the death of a process, not against that of the machine.
 */
export class Spool {
  private readonly folder: string
  private readonly room: number
  private readonly kind: string
  private readonly mine = new Set<string>()
  constructor (folder: string, room: number, kind: string) {
    this.folder = folder
    this.room = room
    this.kind = kind
    this.safely(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      for (const name of readdirSync(folder)) {
        const writer = HALF.exec(name)?.[1]
        if (writer !== undefined && !isAlive(Number(writer))) unlinkSync(join(folder, name))
      }
    })
  }

  /** Keep a batch. false: there is no room for it, or no writing. */
  put (body: Uint8Array, spans: number): boolean {
    return this.safely(() => {
      if (this.size() + body.length > this.room) return false
      const name = join(this.folder, `${Date.now()}-${process.pid}-${++written}.${spans}.${this.kind}`)
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
        const [, spans, kind, owner] = NAME.exec(name) ?? []
        if (kind !== this.kind || this.mine.has(name) || (owner !== undefined && isAlive(Number(owner)))) continue
        const taken = `${owner === undefined ? name : name.slice(0, -owner.length - 1)}.${process.pid}`
        try { if (taken !== name) renameSync(join(this.folder, name), join(this.folder, taken)) } catch { continue /* somebody was faster */ }
        this.mine.add(taken)
        return { file: taken, body: readFileSync(join(this.folder, taken)), spans: Number(spans) }
      }
      return undefined
    })
  }

  /** It has arrived, or never will. */
  remove (file: string): void {
    this.safely(() => {
      unlinkSync(join(this.folder, file))
      this.mine.delete(file)
    })
  }

  /** It is to be sent later, by anybody. */
  back (file: string): void {
    this.safely(() => {
      renameSync(join(this.folder, file), join(this.folder, file.slice(0, file.lastIndexOf('.'))))
      this.mine.delete(file)
    })
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

/** Another process of this machine; what bears our own number and is not ours was left by one that had it before. */
function isAlive (pid: number): boolean {
  if (pid === process.pid) return false
  try { return process.kill(pid, 0) } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM' }
}
