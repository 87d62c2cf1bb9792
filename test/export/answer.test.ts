import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading, type Parsed } from '../../src/export/answer'

const lines = (...all: string[]): string => all.join('\r\n')
/** What is read of a text that comes in pieces of so many bytes; with `isOver` its connection ends then. */
function read (text: string, { isOver = false, size = Infinity } = {}): unknown {
  const bytes = Buffer.from(text)
  const reading = new Reading()
  let whole: Parsed | undefined
  for (let at = 0; at < bytes.length; at += size) {
    assert.equal(whole, undefined)
    whole = reading.take(bytes.subarray(at, at + size))
  }
  const answer = isOver ? reading.rest() : whole?.answer
  return answer && [answer.status, String(answer.body), ...(whole === undefined ? [] : [whole.keep])]
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
    for (const size of [Infinity, 1, 2, 3, 7]) assert.deepEqual(read(text, { size }), is)
  })
}

test('an answer that ends with its connection', () => {
  const text = lines('HTTP/1.1 200 OK', 'content-type: text/plain', '', 'all of it')
  assert.equal(read(text), undefined)
  assert.deepEqual(read(text, { isOver: true }), [200, 'all of it'])
})

test('of an answer that breaks off the status counts, if the head has come', () => {
  const head = lines('HTTP/1.1 200 OK', 'content-length: 10', '', '')
  assert.deepEqual(read(`${head}half`, { isOver: true }), [200, ''])
  assert.equal(read(head.slice(0, -1), { isOver: true }), undefined)
  assert.equal(read('', { isOver: true }), undefined)
})

test('what is no HTTP is told of at once', () => {
  for (const text of ['SSH-2.0-OpenSSH_9.6\r\n', 'HTTP/2 200\r\n\r\n', 'HTTP/1.1 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n']) assert.throws(() => read(text), /Parse Error/, text)
})

test('an answer in very many pieces is looked at as often as it is long', t => {
  const sought = t.mock.method(Buffer.prototype, 'indexOf')
  const copied = t.mock.method(Buffer, 'concat')
  const size = 2000
  const text = lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', ...Array(size).fill(lines('1', 'x')), '0', '', '')
  assert.deepEqual(read(text, { size: 6 }), [200, 'x'.repeat(size), Infinity])
  const looks = sought.mock.callCount()
  assert.ok(looks < 4 * size, `${looks} looks`)
  const bytes = copied.mock.calls.reduce((sum, { arguments: [, length = 0] }) => sum + length, 0)
  assert.ok(bytes < 8 * text.length, `${bytes} bytes were copied`)
})

test('what never ends is no answer: a head, the line ahead of a chunk, what follows the last one, a body', () => {
  const chunks = lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '')
  const much = 'a'.repeat(1 << 16)
  for (const text of [`HTTP/1.1 200 OK\r\nx: ${much}`, `${chunks}1;${much}`, `${chunks}0\r\nx: ${much}`]) assert.throws(() => read(text, { size: 1000 }), /Parse Error/)
  for (const text of [lines('HTTP/1.1 200 OK', '', ''), chunks]) assert.throws(() => read(text + `10000\r\n${much}\r\n`.repeat(65), { size: 1 << 16 }), /an answer of more than 4 MiB/)
})
