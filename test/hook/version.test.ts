import assert from 'node:assert/strict'
import { test } from 'node:test'
import gtr from 'semver/ranges/gtr'
import satisfiesOf from 'semver/functions/satisfies'
import valid from 'semver/functions/valid'
import { isNewer, satisfies } from '../../src/hook/version'
import { patches } from '../../patches'

const part = [0, 1, 2, 3, 8, 9, 10, 11]
const VERSIONS = part.flatMap(a => part.flatMap(b => [0, 1, 11].map(c => `${a}.${b}.${c}`)))
  .concat('8.0.0-beta.1', '9.0.0-0', '2.0.0+build', 'v2.0.0', '2.0', '2', '', 'next', '01.2.3', '99999999999999999999.0.0')
const RANGES = ['>=1 <2', '>=8.3 <9', '>=8.0.3 <10', '>=2.1.3', '>=1', '>=1.2 <1.10.1', '^2.1.0', '>=1 <2 || >=8', '*', '~8.3', '>=8.0.0-beta.1 <9']
const options = { includePrerelease: true }

test('a plain version and a plain range are judged as semver judges them, all others by semver', () => {
  const declared = Object.values(patches).flatMap(patch => patch.parts.map(part => part.versions))
  for (const range of new Set([...RANGES, ...declared])) {
    for (const version of VERSIONS) {
      assert.equal(satisfies(version, range), satisfiesOf(version, range, options), `${version} in ${range}`)
      assert.equal(isNewer(version, range), valid(version) !== null && gtr(version, range, options), `${version} beyond ${range}`)
    }
  }
})
