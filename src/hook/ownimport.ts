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
    return { url: MARK + encodeURIComponent(standIn(found.url, functions(names, text))), format: 'module', shortCircuit: true }
  } catch { return found }
}

/** Where neither the file's name nor its package.json tells the format, its text does. */
const ESM = /^\s*(?:import|export)\b(?!\s*\()/m

/**
 * The exports to be had of `own`: those of the text that are named, or all of them for `*`; a default in any case, for `export *` does not bring it.
 * Where the text itself hands on what others export, what is named may be there.
 */
function functions (names: string[], text: string): Set<string> {
  const { own, handsOn } = exported(text)
  const isPlain = (name: string): boolean => name !== 'default' && name !== '*' && !name.includes('.')
  return new Set([...own.filter(name => name === 'default' || names.includes('*') || names.includes(name)), ...(handsOn ? names.filter(isPlain) : [])])
}

/** What a text exports by name. Not by a parser, which would be the larger part of all this: what it takes for an export and is none is `undefined` to an importer. */
function exported (text: string): { own: string[], handsOn: boolean } {
  // Comments and texts hold no exports, but may look like it.
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[^])*`/g, ' ')
  const own: string[] = []
  for (const [, declared, list] of code.matchAll(/(?<![\w$.])export\s*(?:\s(?:async\s+)?(?:function\s*\*?|const|let|var)\s*([\w$]+)|(?:\s(?:const|let|var)\s*)?\{([^}]*)\})/g)) {
    if (declared !== undefined) own.push(declared)
    for (const item of list?.split(',') ?? []) {
      const [, type, name] = /^\s*(type\s)?(?:.*(?:\bas\s|:))?\s*([\w$]+)\s*(?:=.*)?$/.exec(item) ?? []
      if (name !== undefined && type === undefined) own.push(name)
    }
  }
  if (/(?<![\w$.])export\s+default\b/.test(code)) own.push('default')
  return { own, handsOn: /(?<![\w$.])export\s*\*/.test(code) }
}

/**
 * The functions are hoisted, so that in a circle of imports they can be called before this module has run, as those behind them can;
 * then they give way to what is made of those.
 */
function standIn (url: string, functions: Set<string>): string {
  const from = JSON.stringify(url)
  const lines = [
    `import * as all from ${from}`, `export * from ${from}`,
    'const own = globalThis[Symbol.for("autospan.own")] ?? ((url, all, key, set) => set?.(all[key]))', `own(${from}, all)`]
  let i = 0
  for (const name of functions) {
    const [key, fn] = [JSON.stringify(name), `f${i++}`]
    lines.push(
      `function ${fn} () { return new.target ? Reflect.construct(all[${key}], arguments) : Reflect.apply(all[${key}], this, arguments) }`,
      `own(${from}, all, ${key}, value => { ${fn} = value })`,
      `export { ${fn} as ${key} }`)
  }
  return lines.join('\n')
}
