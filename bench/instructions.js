'use strict'
const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { promisify } = require('node:util')
const { Samples } = require('./turns')

/** Of no machine in particular, and so the same on each: two caches of 32 kB and one of 512 kB behind them, as a core of many servers has for itself. */
const CACHES = ['--cache-sim=yes', '--I1=32768,8,64', '--D1=32768,8,64', '--LL=524288,8,64']
const VALGRIND = ['--tool=callgrind', '--smc-check=all-non-file', '--callgrind-out-file=/dev/null', ...CACHES]
/** Everything in one thread, and in the same order each time. */
const STEADY = ['--predictable', '--single-threaded', '--hash-seed=42']
/** Requests before the first that counts: V8 has compiled by then what it will. */
const WARM_UP = 15_360
/** In ms: never in that time, for a clock would make a difference. OpenTelemetry and autospan send 512 spans at a time, the others by bytes. */
const FLUSH = 3_600_000

/**
 * Machine instructions of a request, those of compilers and of garbage collection among them, and what they do not find in the caches: of a process with more requests on top of one with fewer.
 * They do not depend on what else the machine does, and say nothing of the kernel. It takes some minutes for each contender, and valgrind.
 */
exports.measure = async function measure ({ app, mode, count }, place) {
  const samples = new Samples()
  for (const contender of place.contenders) {
    if (mode !== undefined && contender.modes[mode] === undefined) continue
    const [few, many] = await Promise.all([WARM_UP, WARM_UP + count].map(requests => executed(app, requests, place.node, place.terms(contender, { mode, flush: FLUSH }))))
    const [instructions, first, second] = many.map((figure, i) => (figure - few[i]) / count)
    samples.add(contender.name, { instructions: instructions / 1000, first, second })
  }
  return samples.figures
}

/** What a process executes that answers so many requests: instructions, and those and their data that the first caches did not have, nor the second. */
async function executed (app, requests, node, { flags, env }) {
  const args = [...VALGRIND, node, ...STEADY, ...flags, join('apps', app), 'injected', String(requests)]
  try {
    const { stderr } = await promisify(execFile)('valgrind', args, { cwd: __dirname, env, maxBuffer: 2 ** 26 })
    const [instructions, , , code, read, written, farCode, farRead, farWritten] = /Collected : ([\d ]+)/.exec(stderr)[1].split(' ').map(Number)
    return [instructions, code + read + written, farCode + farRead + farWritten]
  } catch (error) {
    throw error.code === 'ENOENT' ? new Error('valgrind, which counts instructions, is not installed') : error
  }
}

exports.seconds = (_, { contenders }) => contenders.length * 240
