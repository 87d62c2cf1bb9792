import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { finder, type Finder, type Target } from './ownfile'

/**
 * ES modules: what they export cannot be changed from outside, so whoever imports a file that is meant gets another module instead, which exports
 * what the file does (`export *`: the same live bindings) but has functions of its own for those that are to be traced. It imports the file itself.
 * (What `import.meta.resolve` answers is then the URL of that other module.)
 * This runs beside the application (module.registerHooks), or in the thread of the loader where Node has no such hook (module.register).
 */
interface Resolved { url: string, format?: string | null, shortCircuit?: boolean }
interface Context { parentURL?: string, conditions?: readonly string[] }
type Next = (specifier: string, context: Context) => Resolved | Promise<Resolved>

/** How the modules begin that stand before others. */
const MARK = 'data:text/javascript,/*autospan*/'
const meant: Target[] = []
let find: Finder = () => []
/** The program itself: nothing stands before it, so nothing may for those who import it. */
let main: string | undefined

/** What is meant, beside what was before. Called by Node in the thread of its loader. */
export function initialize (targets: readonly Target[]): void {
  meant.push(...targets)
  find = finder(meant)
}

export function resolve (specifier: string, context: Context, next: Next): Resolved | Promise<Resolved> {
  const found = next(specifier, context)
  // What require() loads is seen when it is loaded.
  if (context.parentURL?.startsWith(MARK) === true || context.conditions?.includes('require') === true) return found
  const answer = context.parentURL === undefined ? first : before
  return 'then' in found ? found.then(answer) : answer(found)
}

function first (found: Resolved): Resolved {
  main ??= found.url
  return found
}

function before (found: Resolved): Resolved {
  try {
    if (found.url === main || !found.url.startsWith('file:') || /^(commonjs|json|wasm|builtin|addon)/.test(found.format ?? '')) return found
    const file = fileURLToPath(found.url)
    const names = find(file).flatMap(({ names }) => names)
    if (names.length === 0) return found
    const text = readFileSync(file, 'utf8')
    if (found.format == null && !ESM.test(text)) return found
    return { url: MARK + encodeURIComponent(standIn(found.url, names, text)), format: 'module', shortCircuit: true }
  } catch { return found }
}

/** Where neither the file's name nor its package.json tells the format, its text does. */
const ESM = /^\s*(?:import|export)\b(?!\s*\()/m

/**
 * The exports to be had of `own`: those of the text that are named, or all that are the text's own for `*`; a default in any case, for `export *` does not
 * bring it. Where the text itself hands on what others export, what is named may be there. What changes is left out, for a function would stand for its first value.
 */
function functions (names: string[], { own, changing, handsOn }: Exported): Set<string> {
  const isPlain = (name: string): boolean => name !== 'default' && name !== '*' && !name.includes('.')
  const meant = own.filter(({ name, isOthers }) => name === 'default' || names.includes(name) || (names.includes('*') && !isOthers)).map(({ name }) => name)
  return new Set([...meant, ...(handsOn ? names.filter(isPlain) : [])].filter(name => !changing.has(name)))
}

interface Exported {
  /** By name; `isOthers`: the module has it of another one, which may change it. */
  own: Array<{ name: string, isOthers: boolean }>
  /** What the module sets anew when it has run. */
  changing: Set<string>
  /** It has an `export *` itself. */
  handsOn: boolean
}

/** What a text exports. Not by a parser, which would be the larger part of all this: what it takes for an export and is none is `undefined` to an importer. */
function exported (text: string): Exported {
  // Comments and texts hold no exports, but may look like it.
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`/g, ' ')
  const own: Exported['own'] = []
  const changing = new Set<string>()
  const imported = new Set(Array.from(code.matchAll(/(?<![\w$.])import\b([^;()]*?)\bfrom\b/g), ([, names]) => names.match(/[\w$]+/g) ?? []).flat())
  const add = (name: string, local: string, isOthers: boolean): void => {
    own.push({ name, isOthers: isOthers || imported.has(local) })
    if (!isOthers && isSetAnew(local, code)) changing.add(name)
  }
  for (const [, declared, list, from] of code.matchAll(/(?<![\w$.])export\s*(?:\s(?:async\s+)?(?:function\s*\*?|const|let|var)\s*([\w$]+)|(?:\s(?:const|let|var)\s*)?\{([^}]*)\}(\s*from\b)?)/g)) {
    if (declared !== undefined) add(declared, declared, false)
    for (const item of list?.split(',') ?? []) {
      const [, type, local, name] = /^\s*(type\s)?(?:([\w$]*)\s+as\s|.*:)?\s*([\w$]+)\s*(?:=.*)?$/.exec(item) ?? []
      if (name !== undefined && type === undefined) add(name, local ?? name, from !== undefined)
    }
  }
  if (/(?<![\w$.])export\s+default\b/.test(code)) add('default', 'default', false)
  return { own, changing, handsOn: /(?<![\w$.])export\s*\*/.test(code) }
}

/** Whether something is assigned to a name, but where it is declared. */
function isSetAnew (name: string, code: string): boolean {
  const escaped = name.replaceAll('$', '\\$')
  if (new RegExp(`(?<![\\w$.])(?:const|class|function\\s*\\*?)\\s*${escaped}(?![\\w$])`).test(code)) return false
  return new RegExp(`(?<![\\w$.]|\\b(?:const|let|var)\\s+|,\\s*)${escaped}\\s*(?:(?:\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?|[-+*/%&|^])?=(?![=>])|\\+\\+|--)|(?:\\+\\+|--)${escaped}(?![\\w$])`).test(code)
}

/**
 * The functions are hoisted, so that in a circle of imports they can be called before this module has run, as those behind them can;
 * then they give way to what is made of those.
 */
function standIn (url: string, names: string[], text: string): string {
  const from = JSON.stringify(url)
  const known = exported(text)
  const lines = [
    `import * as all from ${from}`, `export * from ${from}`,
    'const own = globalThis[Symbol.for("autospan.own")] ?? ((url, all, key, set) => set?.(all[key]))', `own(${from}, all)`]
  if (known.changing.has('default')) lines.push(`export { default } from ${from}`)
  let i = 0
  for (const name of functions(names, known)) {
    const [key, fn] = [JSON.stringify(name), `f${i++}`]
    lines.push(
      `function ${fn} () { return new.target ? Reflect.construct(all[${key}], arguments) : Reflect.apply(all[${key}], this, arguments) }`,
      `own(${from}, all, ${key}, value => { ${fn} = value })`,
      `export { ${fn} as ${key} }`)
  }
  return lines.join('\n')
}
