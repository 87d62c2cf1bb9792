const explode = (): never => { throw new Error('hostile') }
const traps = { get: explode, has: explode, ownKeys: explode, getPrototypeOf: explode, getOwnPropertyDescriptor: explode }
const { proxy: revoked, revoke } = Proxy.revocable([], {})
revoke()
/** Values that an application may have, and that throw or go in circles when somebody looks at them. */
export const HOSTILE: Record<string, any> = {
  nothing: null,
  undefined,
  'a symbol': Symbol('odd'),
  'an object without a prototype': Object.create(null),
  'a frozen object': Object.freeze({ a: 1 }),
  'a getter that throws': { get a () { return explode() }, get message () { return explode() }, get code () { return explode() }, get context () { return explode() } },
  'a toString that throws': { toString: explode, valueOf: explode, [Symbol.toPrimitive]: explode, toJSON: explode },
  'a proxy that throws': new Proxy({}, traps),
  'a list that throws': new Proxy([1, 2], traps),
  'a revoked list': revoked,
  'a function': explode,
  'a function behind a proxy that throws': new Proxy(() => {}, traps),
  'a class': class { static get message () { return explode() } },
  'a bigint': 1n,
  'a date that is none': new Date(NaN),
  'an iterator that throws': { [Symbol.iterator]: explode },
  'a circle': (() => { const circle: any = [[]]; circle[0].push(circle); circle.self = circle; return circle })()
}
