import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Thrift as others read it: Apache's protocols for Node, field by field, and the structs as Jaeger's own client has them.
const { TBinaryProtocol, TCompactProtocol, TFramedTransport, Thrift: { Type, MessageType } } = require('thrift')
const { Thrift } = require('thriftrw')
const FOLDER = join(dirname(require.resolve('jaeger-client')), 'jaeger-idl/thrift')
const structsOf = (file: string): Record<string, Struct> => new Thrift({ source: readFileSync(join(FOLDER, file), 'utf8'), allowOptionalArguments: true, strict: false }).models

/** As thriftrw has it: a type is one of the primitive ones, a list, an enum or a struct. */
interface Struct { name: string, fieldsById: Record<number, { name: string, required: boolean, valueType: any }>, fields: Array<{ name: string, required: boolean }> }
const JAEGER = structsOf('jaeger.thrift')
const ZIPKIN = structsOf('zipkincore.thrift')
const PROTOCOLS = { binary: TBinaryProtocol, compact: TCompactProtocol }
export type Protocol = keyof typeof PROTOCOLS

function reader (protocol: Protocol, bytes: Buffer): any {
  const transport = new TFramedTransport()
  transport.inBuf = bytes
  return new PROTOCOLS[protocol](transport)
}
/** There must be nothing behind what was read. */
function whole<T> (input: any, value: T): T {
  const { inBuf, readPos } = input.trans
  if (readPos !== inBuf.length) throw new Error(`${inBuf.length - readPos} bytes are left over`)
  return value
}

/** A `jaeger.Batch`. */
export function batchOf (protocol: Protocol, bytes: Buffer): any {
  const input = reader(protocol, bytes)
  return whole(input, readStruct(input, JAEGER.Batch))
}

/** The batch in a call of `Agent.emitBatch`. */
export function emitted (protocol: Protocol, bytes: Buffer): any {
  const input = reader(protocol, bytes)
  const { fname, mtype } = input.readMessageBegin()
  if (fname !== 'emitBatch' || mtype !== MessageType.ONEWAY) throw new Error(`a call of ${fname}, of type ${mtype}`)
  const field = input.readFieldBegin()
  if (field.fid !== 1 || field.ftype !== Type.STRUCT) throw new Error('not its argument')
  const batch = readStruct(input, JAEGER.Batch)
  if (input.readFieldBegin().ftype !== Type.STOP) throw new Error('more than one argument')
  return whole(input, batch)
}

/** A list of `zipkincore.Span`, as Zipkin's API v1 takes it. */
export function zipkinSpans (bytes: Buffer): any[] {
  const input = reader('binary', bytes)
  return whole(input, readList(input, ZIPKIN.Span))
}

function readStruct (input: any, struct: Struct): any {
  const found: Record<string, unknown> = {}
  input.readStructBegin()
  for (;;) {
    const { ftype, fid } = input.readFieldBegin()
    if (ftype === Type.STOP) break
    const field = struct.fieldsById[fid]
    if (field === undefined) throw new Error(`${struct.name} has no field ${fid}`)
    found[field.name] = read(input, ftype, field.valueType)
    input.readFieldEnd()
  }
  input.readStructEnd()
  for (const { name, required } of struct.fields) if (required && !(name in found)) throw new Error(`${struct.name} lacks ${name}`)
  return found
}

function readList (input: any, of: any): any[] {
  const { etype, size } = input.readListBegin()
  return Array.from({ length: size }, () => read(input, etype, of))
}

/** A value of the wire's type `type`, which must be the one that the struct has. 64 bits are a bigint. */
function read (input: any, type: number, expected: any): unknown {
  const name = String(expected.constructor.name)
  const is = (type: number, ...names: string[]): boolean => {
    if (!names.includes(name)) throw new Error(`type ${type} on the wire is no ${name}`)
    return true
  }
  switch (type) {
    case Type.BOOL: return is(type, 'ThriftBoolean') && input.readBool()
    case Type.BYTE: return is(type, 'ThriftI8', 'ThriftByte') && input.readByte()
    case Type.I16: return is(type, 'ThriftI16') && input.readI16()
    case Type.I32: return is(type, 'ThriftI32', 'ThriftEnum') && input.readI32()
    case Type.I64: return is(type, 'ThriftI64') && input.readI64().buffer.readBigInt64BE()
    case Type.DOUBLE: return is(type, 'ThriftDouble') && input.readDouble()
    case Type.STRING: return is(type, 'ThriftString', 'ThriftBinary') && (name === 'ThriftBinary' ? input.readBinary() : input.readString())
    case Type.LIST: return is(type, 'ThriftList') && readList(input, expected.valueType)
    case Type.STRUCT: return is(type, 'ThriftStruct') && readStruct(input, expected)
    default: throw new Error(`type ${type}`)
  }
}
