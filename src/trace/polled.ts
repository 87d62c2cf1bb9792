import type * as http from 'node:http'
import { setTimeout } from './clock'
import { silently } from './frame'
import type { Sampler } from './sampler'

const TIMEOUT = 15_000
const BYTES = 1 << 20

export interface Source {
  /** Where the answer is read, whole. Asked each time. */
  url (): string
  /** Milliseconds between two questions; 0: none is asked. */
  every: number
  /** The sampler that an answer, parsed, means; undefined if it makes no sense. */
  parse (answer: unknown): Sampler | undefined
  /** Called with a reason when an answer is no good: the sampler of the last good one stays. */
  failed (reason: string): void
}

/**
 * A sampler that is asked for again and again; `first` until it is there. Nothing is asked before the first trace, and then after a random part
 * of the interval, so that services that start together do not ask together (Jaeger). Holds no process alive; its requests are not traced.
 */
export function polled ({ url, every, parse, failed }: Source, first: Sampler): Sampler {
  let current = first
  let known = ''
  let asked = false
  const wait = (milliseconds: number): void => { setTimeout(ask, milliseconds).unref() }
  function ask (): void {
    answer(url()).then(text => {
      if (text === known) return
      const sampler = parse(JSON.parse(text))
      if (sampler === undefined) throw new Error(`an answer that makes no sense: ${text.slice(0, 100)}`)
      known = text
      current = sampler
    }).catch(error => failed(error.message || error.code || String(error))).finally(() => wait(every))
  }
  const sampler: Sampler = (id, from, request) => {
    if (!asked && every > 0) {
      asked = true
      // Silently, too, lest the timers hold the request that was the first.
      silently(() => wait(Math.random() * every))
    }
    return current(id, from, request)
  }
  sampler.byRequest = true
  return sampler
}

function answer (url: string): Promise<string> {
  const { get }: typeof http = require(url.startsWith('https:') ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT) }, message => {
      let text = ''
      message.setEncoding('utf8').on('data', chunk => {
        text += chunk
        if (text.length > BYTES) message.destroy(new Error('an answer that is too long'))
      }).on('end', () => message.statusCode === 200 ? resolve(text) : reject(new Error(`status ${message.statusCode}`))).on('error', reject)
    }).on('error', reject).on('socket', socket => socket.unref())
  })
}
