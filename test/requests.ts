import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, run, type Outcome } from './helper'

/** An application that serves 50 requests at once, `/0` to `/49`: each is a trace of its own, with this picture, when all are sampled and when half are. */
export function requests (name: string, app: string, args: string[], picture: (id: string) => string): void {
  const traces = ({ code, stderr, spans }: Outcome): number => {
    assert.equal(code, 0, stderr)
    const ids = new Set(spans.map(span => span.traceId))
    for (const trace of ids) {
      const own = spans.filter(({ traceId }) => traceId === trace)
      const request = own.find(({ kind }) => kind === 'server')
      assert.equal(drawn(own, ['db.query.text']), picture(String(request?.attributes['url.path']).slice(1)).trim(), stderr)
    }
    return ids.size
  }
  test(name, async () => {
    assert.equal(traces(await run(app, { needs: ['redis'], args })), 50)
  })
  test(`${name}, half of them sampled`, async () => {
    const some = traces(await run(app, { needs: ['redis'], args, env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' } }))
    assert.ok(some > 0 && some < 50, `${some} traces`)
  })
}
