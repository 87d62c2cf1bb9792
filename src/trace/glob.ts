/** A glob as a predicate. `*` is anything but a slash, `**` is anything; `/**` at the end matches the folder itself, too. */
export function glob (pattern: string): (text: string) => boolean {
  const folder = pattern.endsWith('/**') ? pattern.slice(0, -3) : undefined
  return text => matches(pattern, text) || (folder !== undefined && matches(folder, text))
}

/** Goes back to the last star only, so that a hostile path takes no time, as it would with a regular expression. */
function matches (pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  // Where the last `*` and the last `**` stand in the pattern (behind them), and what of the text they have not taken yet.
  let star = -1
  let afterStar = 0
  let stars = -1
  let afterStars = 0
  while (t < text.length) {
    if (pattern.startsWith('**', p)) {
      while (pattern[p] === '*') p++
      stars = p
      afterStars = t
      star = -1
    } else if (pattern[p] === '*') {
      star = ++p
      afterStar = t
    } else if (pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0 && text[afterStar] !== '/') {
      p = star
      t = ++afterStar
    } else if (stars >= 0) {
      p = stars
      t = ++afterStars
      star = -1
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** A route as a framework or a collector names it: ':id', '{id}' and '*' stand for one piece between slashes. */
export const template = (route: string): RegExp =>
  new RegExp(`^${route.split('/').map(piece => /^(?::.+|\{.*\}|\*)$/.test(piece) ? '[^/]+' : escaped(piece)).join('/')}$`)

const escaped = (text: string): string => text.replace(/[.+*?^${}()|[\]\\]/g, '\\$&')
