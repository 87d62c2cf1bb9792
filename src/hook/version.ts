// What patches and packages say is nearly always this plain, and semver has 19 files: 10 ms of every start. What is not plain, semver judges;
// that both judge alike is tested.
const RANGE = /^>=(\d+(?:\.\d+){0,2})(?: <(\d+(?:\.\d+){0,2}))?$/
const VERSION = /^(?:0|[1-9]\d{0,14})(?:\.(?:0|[1-9]\d{0,14})){2}$/

/** Is the version within the range? A prerelease is, where the release is. False for what is no version. */
export function satisfies (version: string, range: string): boolean {
  const plain = VERSION.test(version) ? RANGE.exec(range) : null
  if (plain === null) return require('semver/functions/satisfies')(version, range, { includePrerelease: true })
  return order(version, plain[1]) >= 0 && (plain[2] === undefined || order(version, plain[2]) < 0)
}

/** Is the version beyond the end of the range? False for what is no version. */
export function isNewer (version: string, range: string): boolean {
  const plain = VERSION.test(version) ? RANGE.exec(range) : null
  if (plain !== null) return plain[2] !== undefined && order(version, plain[2]) >= 0
  return require('semver/functions/valid')(version) !== null && require('semver/ranges/gtr')(version, range, { includePrerelease: true })
}

/** Negative, zero or positive, as one is before, at or behind the other; '8' is '8.0.0'. */
function order (one: string, other: string): number {
  const a = one.split('.')
  const b = other.split('.')
  return Number(a[0]) - Number(b[0]) || Number(a[1] ?? 0) - Number(b[1] ?? 0) || Number(a[2] ?? 0) - Number(b[2] ?? 0)
}
