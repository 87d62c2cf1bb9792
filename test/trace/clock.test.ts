import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setWall } from '../wall'
import { now, tune } from '../../src/trace/clock'
import { root } from '../../src/trace/tracer'

test('the time is that of the wall, with a fraction, and never runs backwards', () => {
  assert.ok(Math.abs(now() - Date.now()) < 50)
  let last = now()
  for (let i = 0; i < 10_000; i++) {
    const next = now()
    assert.ok(next >= last)
    last = next
  }
  assert.ok(Array.from({ length: 10 }, now).some(time => !Number.isInteger(time)))
})

test('a machine that slept, or whose clock was set: the next trace has the time of the wall, a span that is open ends no earlier than it began', () => {
  const hour = 3_600_000
  const open = root('server', 'test', undefined)
  setWall(hour)
  assert.ok(Math.abs(root('server', 'test', undefined).startedAt - Date.now()) < 100)
  setWall(-hour)
  assert.ok(Math.abs(root('server', 'test', undefined).startedAt - Date.now()) < 100)
  open.end()
  assert.ok(open.endedAt >= open.startedAt)
  setWall(0)
  tune()
  assert.ok(Math.abs(now() - Date.now()) < 51)
})
