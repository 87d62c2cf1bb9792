import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arranged, picture } from '../../src/export/tree'

test('a picture: siblings by their start, orphans and circles stand at the left, each comes once', () => {
  const node = (id: string, parent: string, startedAt: number): Parameters<typeof picture>[0][number] =>
    ({ id, parent, startedAt, name: id, kind: 'internal', error: id === 'b' ? 'SOLD_OUT' : undefined, attributes: { n: startedAt } })
  assert.equal(picture([node('d', 'b', 4), node('c', 'a', 3), node('b', 'a', 2), node('a', '', 1), node('o', 'gone', 5)], ['n', 'none']), `
a  internal  n=1
  b  internal  ERROR SOLD_OUT  n=2
    d  internal  n=4
  c  internal  n=3
o  internal  n=5`.slice(1))
  assert.deepEqual(arranged([node('a', 'b', 1), node('b', 'a', 2), node('s', 's', 3)]).map(({ node: { id }, depth }) => [id, depth]), [['s', 0], ['a', 0], ['b', 1]])
})
