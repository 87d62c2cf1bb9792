import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { BYTES, mailbox, put, take } from '../../../patches/lib/mailbox'

const REMOTE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, random: true, state: 'k=é', baggage: [{ key: 'k', text: 'ü', form: 'w3c' as const }] }

test('a context is found under its number, and nowhere else', () => {
  const memory = new SharedArrayBuffer(8 + BYTES)
  const box = mailbox(memory, 8)
  assert.equal(take(box, 1), undefined)
  put(box, 1, REMOTE)
  put(box, 3, { ...REMOTE, spanId: 'c'.repeat(16) })
  assert.deepEqual(take(mailbox(memory, 8), 1), REMOTE)
  assert.equal(take(box, 2), undefined)
  assert.equal(take(box, 3)!.spanId, 'c'.repeat(16))
})

test('what is read too late is not there any more; others stay', () => {
  const box = mailbox(new SharedArrayBuffer(BYTES), 0)
  for (let number = 1; number <= 100; number++) put(box, number, { ...REMOTE, spanId: String(number).padStart(16, '0') })
  assert.equal(take(box, 1), undefined)
  for (let number = 37; number <= 100; number++) assert.equal(Number(take(box, number)!.spanId), number)
})

test('one that is too long goes without its baggage', () => {
  const box = mailbox(new SharedArrayBuffer(BYTES), 0)
  put(box, 63, { ...REMOTE, baggage: [{ key: 'k', text: 'é'.repeat(600), form: 'w3c' }] })
  assert.deepEqual(take(box, 63), { traceId: REMOTE.traceId, spanId: REMOTE.spanId, sampled: true, random: true })
})

test('another thread never reads the half of one', async () => {
  const memory = new SharedArrayBuffer(BYTES)
  const path = require.resolve('../../../patches/lib/mailbox')
  const worker = new Worker(`
    const { mailbox, put } = require(${JSON.stringify(path)}), { workerData, parentPort } = require('node:worker_threads')
    const box = mailbox(workerData, 0)
    for (let number = 1; number <= 64 * 500; number++) put(box, number, { traceId: '', spanId: String(number).repeat(20), sampled: true })
    parentPort.postMessage('done')`, { eval: true, workerData: memory })
  const box = mailbox(memory, 0)
  let ended = false
  worker.once('message', () => { ended = true })
  let read = 0
  for (let last = false; !last;) {
    await new Promise(resolve => setImmediate(resolve))
    last = ended
    for (let number = 1; number <= 64 * 500; number += 7) {
      const found = take(box, number)
      if (found === undefined) continue
      read++
      assert.equal(found.spanId, String(number).repeat(20))
    }
  }
  assert.ok(read > 0)
})
