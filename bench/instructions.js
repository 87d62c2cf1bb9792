'use strict'
const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { promisify } = require('node:util')
const { Samples } = require('./turns')

const VALGRIND = ['--tool=callgrind', '--smc-check=all-non-file', '--callgrind-out-file=/dev/null']
/** Everything in one thread, and in the same order each time. */
const STEADY = ['--predictable', '--single-threaded', '--hash-seed=42']
/** Requests before the first that counts: V8 has compiled by then what it will. */
const WARM_UP = 15_360
/** In ms: never in that time, for a clock would make a difference. OpenTelemetry and autospan send 512 spans at a time, the others by bytes. */
const FLUSH = 3_600_000

/**
 * Machine instructions of a request, those of compilers and of garbage collection among them: what a process with more requests has executed on top of one with fewer.
 * They do not depend on what else the machine does, and say nothing of caches and of the kernel. It takes a minute or more for each contender, and valgrind.
 */
exports.measure = async function measure ({ app, mode, count }, place) {
  const samples = new Samples()
  for (const contender of place.contenders) {
    if (mode !== undefined && contender.modes[mode] === undefined) continue
    const [few, many] = await Promise.all([WARM_UP, WARM_UP + count].map(requests => executed(app, requests, place.node, place.terms(contender, { mode, flush: FLUSH }))))
    samples.add(contender.name, { instructions: (many - few) / count / 1000 })
  }
  return samples.figures
}

/** What a process executes that answers so many requests. */
async function executed (app, requests, node, { flags, env }) {
  const args = [...VALGRIND, node, ...STEADY, ...flags, join('apps', app), 'injected', String(requests)]
  try {
    const { stderr } = await promisify(execFile)('valgrind', args, { cwd: __dirname, env, maxBuffer: 2 ** 26 })
    return Number(/Collected : (\d+)/.exec(stderr)[1])
  } catch (error) {
    throw error.code === 'ENOENT' ? new Error('valgrind, which counts instructions, is not installed') : error
  }
}

exports.seconds = (_, { contenders }) => contenders.length * 120
