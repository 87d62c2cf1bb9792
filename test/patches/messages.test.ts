import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn, REGISTER, run, type Outcome } from '../helper'

const show = ['url.path']
const trees = ({ spans }: Outcome, start: string): string[] => {
  const ids = spans.filter(({ attributes }) => String(attributes['url.path']).startsWith(start)).map(({ traceId }) => traceId)
  return [...new Set(ids)].map(id => drawn(spans.filter(({ traceId }) => traceId === id), show)).sort()
}
const served = (path: string, ...lines: string[]): string => ['GET  client', `  GET  server  url.path=${path}`, ...lines].join('\n')
const asked = (path: string): string => `    GET  client\n      GET  server  url.path=${path}`
const work = (n: number): string => served(`/work/${n}`, asked(`/got/${n}`), asked(`/back/${n}`))
const many = Array.from({ length: 20 }, (_, n) => work(10 + n))

for (const serialization of ['json', 'advanced']) {
  test(`messages: those of fork go along with their requests, both ways, but not with a stranger's: ${serialization}`, async () => {
    const outcome = await run('messages.js', { env: { OPTIONS: JSON.stringify({ serialization }) } })
    assert.deepEqual([outcome.code, outcome.stderr], [0, ''])
    const seen = trees(outcome, '/work/1').concat(trees(outcome, '/work/2')).filter((tree, i, all) => all.indexOf(tree) === i)
    // What could not be sent is nobody's, and what comes behind it is not its request's.
    assert.deepEqual(seen.sort(), [...many, served('/work/2')].sort())
    assert.deepEqual(trees(outcome, '/got/nobody'), [served('/got/nobody')])
    // A message with a handle may be lost on its way, so it is not counted upon.
    assert.deepEqual(['/work/handle', '/got/handle', '/back/handle'].flatMap(path => trees(outcome, path)), ['/work/handle', '/got/handle', '/back/handle'].map(path => served(path)))
    assert.doesNotMatch(outcome.stdout, /PARENT/)
  })
}

test('messages: where one side is not traced, both get what they are sent, and nothing else', async () => {
  const child = (execArgv: string[]): Record<string, string> => ({ OPTIONS: JSON.stringify({ execArgv }) })
  const bare = await run('messages.js', { node: [] })
  assert.deepEqual([bare.code, bare.stderr, bare.stdout.split('\n').length], [0, '', 25])
  const parentOnly = await run('messages.js', { env: child([]) })
  assert.equal(parentOnly.stdout.replaceAll('"_AUTOSPAN_PARENT"', ''), bare.stdout)
  const childOnly = await run('messages.js', { node: [], env: child(['--require', REGISTER]) })
  assert.equal(childOnly.stdout, bare.stdout)
  const off = await run('messages.js', { env: { AUTOSPAN_MESSAGES: 'off' } })
  assert.equal(off.stdout, bare.stdout)
  assert.deepEqual(trees(off, '/work/10'), [served('/work/10')])
})

test('messages: those of a cluster', async () => {
  const outcome = await run('cluster-messages.js')
  assert.deepEqual([outcome.code, outcome.stderr], [0, ''])
  assert.equal(outcome.spans.length, 18)
  assert.deepEqual(trees(outcome, '/work/'), [1, 2, 3].map(work))
})
