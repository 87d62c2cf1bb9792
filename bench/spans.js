'use strict'
const { gunzipSync, inflateSync } = require('node:zlib')

/** How many spans are in a request to a collector: OTLP, Datadog's, Elastic's or New Relic's. */
exports.spansIn = ({ url, headers, body }) => {
  const encoding = headers['content-encoding'] ?? ''
  const plain = encoding === 'gzip' ? gunzipSync(body) : encoding === 'deflate' ? inflateSync(body) : body
  const type = headers['content-type'] ?? ''
  if (plain.length === 0) return 0
  if (url.includes('/v1/traces')) return otlp(plain)
  if (type.includes('msgpack') && url.includes('/traces')) return datadog(plain)
  if (type.includes('ndjson')) return plain.toString().split('\n').filter(line => /^\{"(span|transaction)":/.test(line)).length
  if (url.includes('method=span_event_data')) return JSON.parse(plain)[2].length
  return 0
}

/** ExportTraceServiceRequest.resource_spans (1) -> scope_spans (2) -> spans (2). */
function otlp (request) {
  const nested = (messages, number) => messages.flatMap(message => fields(message).filter(field => field.number === number).map(({ value }) => value))
  return nested(nested(nested([request], 1), 2), 2).length
}

/** The fields of a protobuf message; a varint has no value here. */
function fields (message) {
  const found = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let unit = 1; ; unit *= 128) {
      const byte = message[at++]
      value += (byte & 0x7f) * unit
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const type = tag & 7
    if (type === 0) varint()
    else {
      const length = type === 1 ? 8 : type === 5 ? 4 : varint()
      found.push({ number, value: message.subarray(at, at + length) })
      at += length
    }
  }
  return found
}

/** Messagepack: a list of traces, each a list of spans. */
function datadog (payload) {
  let at = 0
  const size = bytes => { at += bytes; return payload.readUIntBE(at - bytes, bytes) }
  const pass = bytes => { at += bytes }
  const items = count => { for (let i = 0; i < count; i++) skip() }
  const list = () => {
    const byte = payload[at++]
    return (byte & 0xf0) === 0x90 ? byte & 0x0f : size(byte === 0xdc ? 2 : 4)
  }
  function skip () {
    const byte = payload[at++]
    if (byte < 0x80 || byte >= 0xe0) return                                  // a small integer
    if (byte < 0x90) return items((byte & 0x0f) * 2)                         // a map
    if (byte < 0xa0) return items(byte & 0x0f)                               // an array
    if (byte < 0xc0) return pass(byte & 0x1f)                                // a text
    if (byte < 0xc4) return                                                  // nil, false, true
    if (byte < 0xc7) return pass(size(1 << byte - 0xc4))                     // bytes
    if (byte < 0xca) return pass(size(1 << byte - 0xc7) + 1)                 // an extension
    if (byte < 0xcc) return pass(byte === 0xca ? 4 : 8)                      // a float
    if (byte < 0xd4) return pass(1 << (byte & 3))                            // an integer
    if (byte < 0xd9) return pass(1 + (1 << byte - 0xd4))                     // an extension of fixed size
    if (byte < 0xdc) return pass(size(1 << byte - 0xd9))                     // a text
    if (byte < 0xde) return items(size(byte === 0xdc ? 2 : 4))               // an array
    items(size(byte === 0xde ? 2 : 4) * 2)                                   // a map
  }
  let spans = 0
  for (let traces = list(); traces > 0; traces--) {
    const count = list()
    spans += count
    items(count)
  }
  return spans
}
