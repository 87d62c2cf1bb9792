/** A glob as a regular expression that takes linear time: `*` is what `star` says, `**` anything; a slash and `**` at the end match the folder itself, too. */
export function glob (pattern: string, star: '[^/]*' | '.*'): RegExp {
  const source = pattern.split(/(\/\*\*$|\*\*+|\*)/).map((piece, i) =>
    i % 2 === 0 ? escaped(piece) : piece === '/**' ? '(?:/.*)?' : piece === '*' ? star : '.*')
  return new RegExp(`^${source.join('')}$`)
}

/** A route as a framework or a collector names it: ':id', '{id}' and '*' stand for one piece between slashes. */
export const template = (route: string): RegExp =>
  new RegExp(`^${route.split('/').map(piece => /^(?::.+|\{.*\}|\*)$/.test(piece) ? '[^/]+' : escaped(piece)).join('/')}$`)

const escaped = (text: string): string => text.replace(/[.+*?^${}()|[\]\\]/g, '\\$&')
