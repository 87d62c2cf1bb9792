import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { collector, type Seen } from './collector'
import { APPS, REGISTER } from './helper'

/** Headers as bytes on the wire: names and values in turn, or a table. */
export type Raw = string[] | Record<string, string>

/** An application under autospan that passes each request on. */
export interface Relay {
  url: string
  /**
   * The headers of the request that it sent on, names in lower case, for a request with these headers. `own`: headers that the application sets itself.
   * `how`: by `http.get`, by fetch, or by `http.get` with the headers that it got, in an object or in an array.
   */
  pass (headers: Raw, own?: Record<string, string>, how?: 'http' | 'fetch' | 'proxy' | 'array'): Promise<Record<string, string>>
  /** End it; the spans that it sent. */
  end (): Promise<Seen[]>
}

export async function relay (env: Record<string, string>): Promise<Relay> {
  const sink = await collector()
  const next = createServer((req, res) => res.end(JSON.stringify(req.headers)))
  await new Promise<void>(resolve => next.listen(0, '127.0.0.1', resolve))
  const child = spawn(process.execPath, ['--require', REGISTER, join(APPS, 'relay.js')], {
    env: {
      ...process.env, NODE_OPTIONS: undefined, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', AUTOSPAN_IGNORE_INCOMING: '/end',
      NEXT: `http://127.0.0.1:${(next.address() as AddressInfo).port}`, ...env
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000
  })
  const exit = new Promise(resolve => child.once('exit', resolve))
  const port = Number(await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve)
    child.once('exit', code => reject(new Error(`the relay ended with ${code}`)))
  }))
  const ask = (path: string, headers: Raw): Promise<string> => new Promise((resolve, reject) => {
    const raw = Array.isArray(headers) ? headers : Object.entries(headers).flat()
    request({ port, host: '127.0.0.1', path, agent: false, headers: ['host', `127.0.0.1:${port}`, ...raw] as any }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', text => { body += text }).on('end', () => resolve(body))
    }).on('error', reject).end()
  })
  return {
    url: `http://127.0.0.1:${port}`,
    pass: async (headers, own, how = 'http') => {
      const raw = Array.isArray(headers) ? headers : Object.entries(headers).flat()
      return JSON.parse(await ask(`/${how}`, own === undefined ? raw : [...raw, 'x-own', JSON.stringify(own)]))
    },
    end: async () => {
      await ask('/end', [])
      await exit
      next.close()
      await sink.close()
      return sink.spans
    }
  }
}
