import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, sep } from 'node:path'
import type { Library, Span } from '../trace/span'

export type Resource = Record<string, string | number>
export interface ResourceOptions {
  serviceName: string | undefined
  /** Jaeger's variables: what nobody else names. */
  jaegerServiceName: string | undefined
  jaegerTags: Record<string, string>
  /** OTEL_RESOURCE_ATTRIBUTES, decoded. */
  resource: Record<string, string>
}

export const VERSION: string = require('../../../package.json').version
/** The names we use are those of this version of OpenTelemetry's semantic conventions. */
export const SCHEMA = 'https://opentelemetry.io/schemas/1.44.0'
/** Who made a span, by name and version: a patch or our own calls, which are of our version, or whoever made it by an API. */
export const scopeOf = (scope: Span['scope']): Library =>
  typeof scope === 'string' ? { name: scope === 'autospan' ? scope : `autospan/${scope}`, version: VERSION } : scope

let called: string | undefined
/** The application tells its name by a tracing API of its own; the first name stays. */
export function callApplication (name: string): void { called ??= name }

/** Who speaks (OpenTelemetry: resource). What the settings say goes before what the application's package.json says; that, before what we find. */
export function resourceOf ({ serviceName, resource, jaegerServiceName, jaegerTags }: ResourceOptions): Resource {
  const application = applicationAt(process.argv[1])
  const said = { ...jaegerTags, ...resource }
  return {
    ...(application?.version === undefined ? {} : { 'service.version': application.version }),
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    ...said,
    // An empty name is none.
    'service.name': serviceName || said['service.name'] || jaegerServiceName || called || application?.name || 'unknown_service:node',
    'telemetry.sdk.name': 'autospan',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': VERSION
  }
}

/**
 * The name and version in the nearest package.json, from the program upwards, that has a name.
 * A program among the installed packages (`next`, `nest`) belongs to the application that installed it.
 */
export function applicationAt (program: string | undefined): { name: string, version: string | undefined } | undefined {
  if (program === undefined) return undefined
  let file = program
  try { file = realpathSync(program) } catch { /* it may have no file */ }
  const installed = program.indexOf(`${sep}node_modules${sep}`)
  let folder = installed < 0 ? dirname(file) : program.slice(0, installed)
  for (;;) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (typeof name === 'string' && name !== '') return { name, version: typeof version === 'string' && version !== '' ? version : undefined }
    } catch { /* none here */ }
    const above = dirname(folder)
    if (above === folder) return undefined
    folder = above
  }
}
