/**
 * A URL, or a text with URLs in it, without users and passwords, and without the values of parameters that are secret by their name, in a query, in a
 * fragment, or behind a `;` in a path (semconv http 1.44, whose list of names is part of ours). The names stay. Time is linear in its length.
 */
export function redacted (text: string): string {
  if (text.length < SHORT && isPlain(text)) return text
  const known = text.includes('@') ? withoutUsers(text) : text
  return known.includes('?') || known.includes(';') || known.includes('#') ? withoutValues(known) : known
}

/** Letters, up to which looking at each takes less than four searches. */
const SHORT = 32
/** Whether nothing in it may come before a secret. */
function isPlain (text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === AT || c === QUESTION || c === SEMICOLON || c === HASH) return false
  }
  return true
}

const REDACTED = 'REDACTED'
const AUTHORITY = /[^/\\?#\s]*/y

function withoutUsers (text: string): string {
  let out = ''
  let kept = 0
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', AUTHORITY.lastIndex)) {
    const start = AUTHORITY.lastIndex = at + 3
    const user = AUTHORITY.exec(text)![0].lastIndexOf('@')
    if (user < 0) continue
    out += `${text.slice(kept, start)}${REDACTED}:${REDACTED}`
    kept = start + user
  }
  return out + text.slice(kept)
}

const VALUE = /[^&#\s]*/y
const MATRIX_VALUE = /[^;?&#\s]*/y
const [AT, QUESTION, AMPERSAND, SEMICOLON, HASH, EQUALS, SPACE] = [...'@?&;#= '].map(c => c.charCodeAt(0))

function withoutValues (text: string): string {
  let out = ''
  let kept = 0
  let hasState: boolean | undefined
  // Where a name may have begun; 0: nowhere.
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === QUESTION || c === AMPERSAND || c === SEMICOLON || c === HASH) start = at + 1
    else if (c <= SPACE) start = 0
    else if (c === EQUALS && start > 0) {
      const kind = kindOf(text.slice(start, at))
      // An OAuth code comes beside a state; else it is that of a country, or of a coupon.
      if (kind === SECRET || (kind === CODE && (hasState ??= STATE.test(text)))) {
        const value = text.charCodeAt(start - 1) === SEMICOLON ? MATRIX_VALUE : VALUE
        value.lastIndex = at + 1
        value.test(text)
        out += text.slice(kept, at + 1) + REDACTED
        kept = value.lastIndex
        at = kept - 1
      }
      start = 0
    }
  }
  return kept === 0 ? text : out + text.slice(kept)
}

// Names as `plain` leaves them. The first is part of a name, each of the second is all of it.
const PART = new RegExp('token|passw|passphrase|passcode|pwd|secret|signature|credential|assertion|authorization|verifier|jwt|sessid|sessionid|samlresponse|' +
  '(?:api|access|private|shared|subscription|account|auth|app|consumer|master|license|signing|encryption)key')
const WHOLE = new Set(['key', 'sig', 'sign', 'hmac', 'pass', 'auth', 'session', 'sid', 'connectsid', 'otp', 'pin', 'csrf', 'xsrf'])
const STATE = /[?&#]state=/

const [HARMLESS, CODE, SECRET] = [0, 1, 2]

/** Is what goes by this name a secret: a parameter of a URL, a header? */
export const isSecret = (name: string): boolean => kindOf(name) === SECRET

// The same names come again and again. Only short ones are remembered: a longer piece of a text would hold on to all of it.
const MEMORABLE = 12
const kinds = new Map<string, number>()
function kindOf (name: string): number {
  const known = kinds.get(name)
  if (known !== undefined) return known
  const letters = plain(name)
  const kind = WHOLE.has(letters) || PART.test(letters) ? SECRET : letters === 'code' ? CODE : HARMLESS
  if (name.length <= MEMORABLE) {
    if (kinds.size === 500) kinds.clear()
    kinds.set(name, kind)
  }
  return kind
}

/** Small letters and digits alone: `access_token`, `accessToken`, `user[Access-Token]`, `acc%65ss.token` are one name. */
function plain (name: string): string {
  const decoded = name.includes('%') ? name.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))) : name
  return decoded.toLowerCase().replace(/[^a-z0-9]/g, '')
}
