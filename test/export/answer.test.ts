import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsed } from '../../src/export/answer'

const lines = (...all: string[]): string => all.join('\r\n')
const read = (text: string, isOver = false): unknown => {
  const whole = parsed(Buffer.from(text), isOver)
  return whole && [whole.answer.status, String(whole.answer.body), whole.keep]
}

// What collectors answer, and what is read of it when all is there.
const ANSWERS: Record<string, { text: string, is: [number, string, number] }> = {
  'of a length': { text: lines('HTTP/1.1 200 OK', 'Content-Length: 5', '', 'hello'), is: [200, 'hello', Infinity] },
  'without a body': { text: lines('HTTP/1.1 204 No Content', '', ''), is: [204, '', Infinity] },
  'in chunks': { text: lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '3', 'hel', '2;more=1', 'lo', '0', '', ''), is: [200, 'hello', Infinity] },
  'in chunks, with headers behind them': { text: lines('HTTP/1.1 503 ', 'transfer-encoding: chunked', '', 'a', '0123456789', '0', 'x: y', '', ''), is: [503, '0123456789', Infinity] },
  'announced': { text: lines('HTTP/1.1 103 Early Hints', 'link: x', '', 'HTTP/1.1 429 Too Many', 'Content-length:0', '', ''), is: [429, '', Infinity] },
  'of one who closes': { text: lines('HTTP/1.1 200 OK', 'Connection: Close', 'content-length: 2', '', 'ok'), is: [200, 'ok', 0] },
  'of one who closes soon': { text: lines('HTTP/1.1 200 OK', 'Keep-Alive: timeout=5, max=100', 'content-length: 2', '', 'ok'), is: [200, 'ok', 4000] },
  'of one who closes sooner': { text: lines('HTTP/1.1 200 OK', 'Keep-Alive: timeout=1', 'content-length: 2', '', 'ok'), is: [200, 'ok', 0] },
  'of one who closes in longer than a timer can wait': { text: lines('HTTP/1.1 200 OK', 'Keep-Alive: timeout=2147485', 'content-length: 2', '', 'ok'), is: [200, 'ok', Infinity] },
  'of one who speaks HTTP/1.0': { text: lines('HTTP/1.0 200 OK', 'content-length: 2', '', 'ok'), is: [200, 'ok', 0] }
}
for (const [name, { text, is }] of Object.entries(ANSWERS)) {
  test(`an answer ${name}: whole with its last byte, and no sooner`, () => {
    for (let length = 0; length < text.length; length++) assert.equal(read(text.slice(0, length)), undefined, text.slice(0, length))
    assert.deepEqual(read(text), is)
  })
}

test('an answer that ends with its connection', () => {
  const text = lines('HTTP/1.1 200 OK', 'content-type: text/plain', '', 'all of it')
  assert.equal(read(text), undefined)
  assert.deepEqual(read(text, true), [200, 'all of it', Infinity])
})

test('of an answer that breaks off the status counts, if the head has come', () => {
  const head = lines('HTTP/1.1 200 OK', 'content-length: 10', '', '')
  assert.deepEqual(read(`${head}half`, true), [200, '', Infinity])
  assert.equal(read(head.slice(0, -1), true), undefined)
  assert.equal(read('', true), undefined)
})

test('what is no HTTP is told of at once', () => {
  for (const text of ['SSH-2.0-OpenSSH_9.6\r\n', 'HTTP/2 200\r\n\r\n', 'HTTP/1.1 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n']) assert.throws(() => read(text), /Parse Error/, text)
})
