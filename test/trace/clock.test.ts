import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { setWall } from '../wall'
import { now, nowByWall } from '../../src/trace/clock'
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

/** Set the wall, and wait until it is looked at again: that is once in 10 ms. */
async function step (milliseconds: number): Promise<void> {
  setWall(milliseconds)
  await pause(20)
}
/** How far the time at which a trace begins is from the wall's. */
const off = (): number => Math.abs(root('server', 'test', undefined).startedAt - Date.now())

test('a machine that slept, or whose clock was set: the next trace has the time of the wall, a span that is open ends no earlier than it began', async () => {
  const hour = 3_600_000
  const open = root('server', 'test', undefined)
  for (const milliseconds of [hour, -hour]) {
    await step(milliseconds)
    assert.ok(off() < 100)
  }
  open.end()
  assert.ok(open.endedAt >= open.startedAt)
  await step(0)
  nowByWall()
  assert.ok(Math.abs(now() - Date.now()) < 51)
})

test('the wall is looked at, too, where traces begin one upon the other', async () => {
  setWall(3_600_000)
  const until = process.hrtime.bigint() + 50_000_000n
  let last = Infinity
  while (process.hrtime.bigint() < until) last = off()
  assert.ok(last < 100)
  await step(0)
  nowByWall()
})
