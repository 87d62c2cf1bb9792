import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import type { Patch } from '../src/patch'
import { ROOT } from './helper'

// The rules of the house, read off the sources. A rule that is broken names the file.
const files = ['src', 'patches'].flatMap(folder => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
  .filter(file => file.endsWith('.ts'))
const text = new Map(files.map(file => [file, readFileSync(join(ROOT, file), 'utf8')]))
/** A source without its comments. */
const code = (file: string): string => text.get(file)!.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1')
const every = (rule: (file: string, code: string) => boolean | string[], among = files): void => {
  const broken = among.flatMap(file => {
    const found = rule(file, code(file))
    return found === true ? [] : found === false ? [file] : found.map(what => `${file}: ${what}`)
  })
  assert.deepEqual(broken, [])
}

/** What a file imports of ours, as paths; `types` alone cost nothing when it runs, and may be taken from anywhere that a layer may look. */
function imports (file: string, types = true): string[] {
  const found = [...code(file).matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^'"\n;]*?(?:\n[^'";]*?)?\bfrom\s+)?'(\.[^']*)'|\brequire\('(\.[^']*)'\)/g)]
  return found.filter(match => types || match[1] === undefined)
    .map(match => normalize(join(dirname(file), match[2] ?? match[3])))
    .map(path => files.find(file => file === `${path}.ts` || file === `${path}/index.ts`) ?? path)
}

const FLOORS: Array<[number, RegExp]> = [
  [0, /^src\/(config|header|log|secret)\.ts$/], [1, /^src\/trace\//], [2, /^src\/(hook|propagation|export)\//],
  [3, /^src\/([a-z]+\.ts|api\/)/], [4, /^patches\//]
]
const floor = (file: string): number => FLOORS.find(([, pattern]) => pattern.test(file))?.[0] ?? -1

test('imports point down, and the rooms of one floor do not know each other', () => {
  every((file): string[] => imports(file).filter(other => {
    if (other.endsWith('package.json')) return false
    if (file.startsWith('patches/lib/')) return other !== 'src/patch.ts' && dirname(other) !== 'patches/lib'
    if (file === 'patches/start.ts') return other !== 'src/start.ts' && other !== 'patches/outlines.ts'
    if (file === 'patches/outlines.ts') return !['src/hook/contract.ts', 'src/hook/outline.ts', 'patches/index.ts'].includes(other)
    if (floor(file) === 4) return !(other === 'src/patch.ts' || dirname(other) === 'patches/lib' || (file === 'patches/index.ts' && dirname(other) === 'patches'))
    if (floor(other) < 0 || floor(other) > floor(file)) return true
    // Settings are values that go down as arguments.
    if (other === 'src/config.ts') return floor(file) !== 3
    return floor(other) === floor(file) && floor(file) !== 3 && dirname(other) !== dirname(file)
  }))
})

test('the ground floor imports no packages, patches none at all, and nobody types of a library', () => {
  const packages = (code: string): string[] => [...code.matchAll(/(?:from\s+|require\(|import\()'([^.'][^']*)'/g)].map(match => match[1]).filter(name => !name.startsWith('node:'))
  every((_, code) => packages(code), files.filter(file => floor(file) <= 1 || floor(file) === 4))
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  every((_, code) => packages(code).filter(name => !Object.keys(dependencies).includes(name.split('/')[0])))
})

test('no circle of imports', () => {
  const seen = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: string[]): void => {
    assert.notEqual(seen.get(file), 'open', `${[...path, file].join(' -> ')}`)
    if (seen.has(file) || !text.has(file)) return
    seen.set(file, 'open')
    for (const other of imports(file, false)) visit(other, [...path, file])
    seen.set(file, 'done')
  }
  for (const file of files) visit(file, [])
})

test('the environment is read in one file, and one voice speaks', () => {
  every((file, code) => file === 'src/config.ts' || !/\bprocess\.env\b|\benv\s*\}\s*=\s*process\b/.test(code))
  every((file, code) => ['src/log.ts', 'src/export/console.ts'].includes(file) || !/\bconsole\s*\.|\bprocess\.std(out|err)\b|writeSync\((1|2)\b/.test(code))
  // Spans, which are no words, go to an open file of the process through one place.
  every((file, code) => file === 'src/export/exporters.ts' || !/\bSTD(OUT|ERR)\b|\b(append|write)FileSync\((1|2)\b/.test(code))
})

test('attributes are one literal with plain keys, arguments are not spread', () => {
  every((_, code) => [...code.matchAll(/\battributes\s*=\s*\{([^}]*)\}/g)].flatMap(match => [...match[1].matchAll(/(?:^|[{,\n])\s*\[[^\]]*\]\s*:/g)].map(String)))
  every((_, code) => !/\.\.\.\s*(args|arguments)\b/.test(code.replace(/\(\s*\.\.\.args:[^)]*\)\s*=>/g, '')))
})

test('a patch bears one word: its file, its export, its key', () => {
  const { patches } = require('../patches') as { patches: Record<string, object> }
  const names = files.filter(file => dirname(file) === 'patches').map(file => basename(file, '.ts')).filter(name => !['index', 'outlines', 'start', '_template'].includes(name))
  assert.deepEqual(Object.keys(patches).sort(), names.sort())
  for (const name of names) {
    assert.equal(require(`../patches/${name}`)[name], patches[name])
    assert.match(name, /^[a-z0-9]+$/)
  }
})

test('a part about an index.js says what that exports: half of all packages have one', () => {
  const { patches } = require('../patches') as { patches: Record<string, Patch> }
  for (const { parts } of Object.values(patches)) for (const { module, file, exports } of parts) assert.equal(exports !== undefined, file === 'index.js', module)
})

test('no default export, no enum, no class hierarchy, no names that say nothing', () => {
  every((_, code) => !/^\s*export\s+default\b/m.test(code))
  every((_, code) => !/\benum\s+\w+\s*\{/.test(code))
  every((_, code) => [...code.matchAll(/\bclass\s+\w+\s+extends\s+(\w+)/g)].map(match => match[1]).filter(name => name !== 'Error'))
  every(file => !/\b(utils?|helpers?|common|base|managers?|types?|misc)\b/.test(file))
})

test('lines are short enough to be read', () => {
  every(file => text.get(file)!.split('\n').flatMap((line, i) => line.length > 200 && file !== 'src/config.ts' ? [`line ${i + 1} has ${line.length}`] : []))
})

test('the package holds what it needs, and nothing else', () => {
  const { files: held, exports, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const inside = (path: string): boolean => path === './package.json' || held.some((entry: string) => normalize(path) === entry || normalize(path).startsWith(`${entry}/`))
  const targets = (entry: unknown): string[] => typeof entry === 'string' ? [entry] : Object.values(entry as object).flatMap(targets)
  for (const target of targets(exports)) assert.ok(inside(target), target)
  for (const match of readFileSync(join(ROOT, 'register.js'), 'utf8').matchAll(/require\('(\.[^']*)'\)/g)) assert.ok(inside(match[1]), match[1])
  const used = new Set(files.flatMap(file => [...code(file).matchAll(/(?:from\s+|require\()'([^.'][^']*)'/g)].map(match => match[1].split('/')[0])))
  for (const name of Object.keys(dependencies)) assert.ok(used.has(name), `${name} is not used`)
})
