import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isBuiltin } from 'node:module'
import subset from 'semver/ranges/subset'
import { patches } from '../patches'
import { SETTINGS, patchLayers, patchSwitch, type Setting } from '../src/config'
import type { Part } from '../src/patch'

export const ROOT = resolve(__dirname, '../..')
export const README = join(ROOT, 'README.md')

/** The tables that the declarations and the last results of the bench write, by the name of their markers in the README. */
const TABLES: Record<string, () => string> = { libraries, costs, settings }

/** The README with its tables as they are now; an error if a marker is missing. */
export function withTables (readme: string): string {
  for (const name in TABLES) {
    const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`)
    if (!between.test(readme)) throw new Error(`README.md has no marker ${name}`)
    readme = readme.replace(between, (_, begin: string, end: string) => `${begin}${TABLES[name]()}\n${end}`)
  }
  return readme
}

const onDemand = (patch: string): boolean => patches[patch].onDemand === true
const switchOf = (patch: string): Setting<boolean> => patchSwitch(patch, !onDemand(patch))
const layered = (patch: string): boolean => patches[patch].parts.some(part => part.layers !== undefined)

function libraries (): string {
  return table(['patch', 'libraries', 'what is traced'], Object.keys(patches).map(patch => [`\`${patch}\``, versionsOf(patches[patch].parts), patches[patch].about]))
}

/** Each package of a patch with the versions that its parts know. */
function versionsOf (parts: Part[]): string {
  const modules = [...new Set(parts.map(part => part.module))]
  return modules.map(module => {
    const ranges = [...new Set(parts.filter(part => part.module === module).map(part => part.versions))]
      .filter((range, _, all) => !all.some(other => other !== range && subset(range, other)))
    return isBuiltin(module) ? `\`node:${module.replace(/^node:/, '')}\`` : `\`${module}\` ${ranges.join(' or ')}`
  }).join(', ')
}

/** Every variable that autospan reads, by its name. */
export const variables = (): Array<Setting<any>> => [
  ...Object.values(SETTINGS),
  ...Object.keys(patches).map(switchOf),
  ...Object.keys(patches).filter(layered).map(patchLayers)
]

function settings (): string {
  const own = Object.values(SETTINGS) as Array<Setting<unknown>>
  const rows = own.map(({ name, also = [], fallback, about }) => [[name, ...also].map(name => `\`${name}\``).join(', or '), shown(fallback), about])
  const names = (patches: string[], of: (patch: string) => Setting<any>): string => patches.map(patch => `\`${of(patch).name}\``).join(', ')
  const all = Object.keys(patches)
  const layers = all.filter(layered)
  rows.push([names(all.filter(patch => !onDemand(patch)), switchOf), '`on`', patchSwitch('').about])
  rows.push([names(all.filter(onDemand), switchOf), '`off`', patchSwitch('', false).about])
  if (layers.length > 0) rows.push([names(layers, patchLayers), '`off`', patchLayers('').about])
  return table(['variable', 'default', 'what it does'], rows)
}

function costs (): string {
  return require(join(ROOT, 'bench/report.js')).latest()
}

function shown (fallback: unknown): string {
  if (fallback === Infinity) return 'no limit'
  if (Array.isArray(fallback)) return fallback.length === 0 ? '' : `\`${fallback.join(',')}\``
  return ['string', 'number', 'boolean'].includes(typeof fallback) && !Number.isNaN(fallback) ? `\`${String(fallback)}\`` : ''
}

const line = (cells: string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
const table = (head: string[], rows: string[][]): string => [head, head.map(() => '---'), ...rows].map(line).join('\n')

if (require.main === module) writeFileSync(README, withTables(readFileSync(README, 'utf8')))
