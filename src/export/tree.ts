/** What a span is beneath, and when it began. */
export interface Node { id: string, parent: string, startedAt: number | bigint }

/** Nodes as they stand beneath each other, in the order of their start; one whose parent is not among them stands at the left. Each comes once. */
export function arranged<T extends Node> (nodes: T[]): Array<{ node: T, depth: number }> {
  const ids = new Set(nodes.map(({ id }) => id))
  const children = new Map<string, T[]>()
  const roots: T[] = []
  for (const node of [...nodes].sort((a, b) => a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0)) {
    const siblings = ids.has(node.parent) && node.parent !== node.id ? children.get(node.parent) : roots
    if (siblings === undefined) children.set(node.parent, [node])
    else siblings.push(node)
  }
  const found: Array<{ node: T, depth: number }> = []
  const next = roots.map(node => ({ node, depth: 0 })).reverse()
  while (next.length > 0 || children.size > 0) {
    if (next.length === 0) {
      // Those that are left are beneath each other, in a circle.
      const [[parent, circle]] = children
      children.delete(parent)
      next.push(...circle.map(node => ({ node, depth: 0 })).reverse())
    }
    const { node, depth } = next.pop()!
    found.push({ node, depth })
    const beneath = children.get(node.id)
    children.delete(node.id)
    for (const child of beneath?.reverse() ?? []) next.push({ node: child, depth: depth + 1 })
  }
  return found
}

/** A span as a picture shows it. */
export interface Shown extends Node {
  name: string
  kind: string
  /** The `error.type`, if it failed. */
  error: string | undefined
  attributes: Readonly<Record<string, unknown>>
}

/**
 * The picture that a test compares: a line for each span, indented by two spaces beneath its parent, without times and ids.
 * `name  kind`, then `ERROR type` if it failed, then the attributes that `show` names, as `key=value`.
 */
export function picture (spans: Shown[], show: string[]): string {
  return arranged(spans).map(({ node: { name, kind, error, attributes }, depth }) => {
    const shown = show.filter(key => attributes[key] !== undefined).map(key => `  ${key}=${String(attributes[key])}`).join('')
    return `${'  '.repeat(depth)}${name}  ${kind}${error === undefined ? '' : `  ERROR ${error}`}${shown}`
  }).join('\n')
}
