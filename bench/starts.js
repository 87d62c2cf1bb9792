'use strict'
const { spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { Samples, turns } = require('./turns')

/** What a program's start takes: CPU and wall clock, in ms, and how many modules there are then; of its own files, CPU for the require of each, in µs. */
exports.measure = async function measure ({ program, packages = [], modules = 0, esm }, place, { rounds }) {
  const samples = new Samples()
  const folder = mkdtempSync(join(tmpdir(), 'autospan-bench-'))
  try {
    const files = Array.from({ length: modules }, (_, i) => join(folder, `module${i}.js`))
    for (const [i, file] of files.entries()) writeFileSync(file, `'use strict'\nexports.add = number => number + ${i}\n`)
    const started = contender => {
      const { flags, env } = place.terms(contender, { esm })
      const { stdout, stderr } = spawnSync(place.node, [...flags, program, ...packages, ...files], { cwd: __dirname, env, encoding: 'utf8', timeout: 60_000 })
      const line = stdout.trim().split('\n').pop()
      if (!line.startsWith('{')) throw new Error(stderr)
      return JSON.parse(line)
    }
    const able = place.contenders.filter(contender => place.tried(contender, () => started(contender)))
    await turns(rounds, able, contender => {
      const { cpu, wall, modules: loaded, loading } = started(contender)
      samples.add(contender.name, { ms: cpu, wall, modules: loaded, ...(modules > 0 && { require: loading / modules * 1000 }) })
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
  return samples.figures
}

exports.seconds = (_, place, { rounds }) => place.contenders.length * (rounds + 1) * 0.5
