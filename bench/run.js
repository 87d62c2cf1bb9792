'use strict'
const { spawnSync } = require('node:child_process')
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { cpus, totalmem } = require('node:os')
const { join } = require('node:path')
const { setTimeout: pause } = require('node:timers/promises')
const { parseArgs } = require('node:util')
const { present } = require('./contenders')
const { KINDS } = require('./kinds')
const { open } = require('./place')
const { plot } = require('./plot')
const { page, table, goals } = require('./report')

const USAGE = `npm run bench -- [words] [--beside names] [--node 20,24] [--rounds 9] [--count n] [--warm-up n] [--save]
  words      only the works of this name or kind (${KINDS.map(({ key }) => key).join(', ')}), else those whose names contain it;
             no words: all of them on Node 20, and a selection on 22, 24 and 26
  --beside   only these peers, as in OpenTelemetry,dd-trace; or none; and 'bare AsyncLocalStorage', what any tracer needs, only if it is named
  --node     the versions of Node, from npm where it is not the one that runs this
  --rounds   how often each contender has its turn, with processes of its own; of the peers, two go on after three rounds
  --count    requests to a contender in a round
  --warm-up  requests to a contender before those that count; without it so many that V8 has compiled what it will
  --save     put the results into bench/results; it is done anyway if no word says otherwise`
const TEXT = { type: 'string' }
const SWITCH = { type: 'boolean' }
const WHOLE = '20'
const NODES = [WHOLE, '22', '24', '26']

const number = text => text === undefined ? undefined : Number(text)
const tell = text => process.stderr.write(`${text}\n`)

/** The works that some words choose; all of them, or those that are for everywhere, if there are no words. */
function chosen (words, isWhole) {
  const works = KINDS.flatMap(kind => kind.works.map(work => ({ kind, work })))
  if (words.length === 0) return works.filter(({ work }) => !work.asked && (isWhole || work.everywhere))
  const picked = words.map(word => {
    const exact = works.filter(({ kind, work }) => work.name === word || kind.key === word)
    return exact.length > 0 ? exact : works.filter(({ work }) => work.name.includes(word))
  })
  const empty = picked.findIndex(list => list.length === 0)
  if (empty >= 0) {
    const there = KINDS.map(({ key, works }) => `  ${key}: ${works.map(({ name }) => name).join('; ')}`)
    throw new Error(`nothing is named ${words[empty]}; there are:\n${there.join('\n')}`)
  }
  return works.filter(one => picked.some(list => list.includes(one)))
}

/** The program of a version of Node, and the version that it is. */
function nodeOf (major) {
  if (major === process.versions.node.split('.', 1)[0]) return { path: process.execPath, version: process.versions.node }
  const { stdout, stderr } = spawnSync('npx', ['-y', '-p', `node@${major}`, 'node', '-p', '[process.execPath, process.versions.node].join()'], { encoding: 'utf8' })
  const [path, version] = stdout.trim().split(',')
  if (version === undefined) throw new Error(`there is no Node ${major}: ${stderr}`)
  return { path, version }
}

/** The share of the machine that others take, in percent. It is seen before anything of ours runs. */
async function others () {
  const times = () => cpus().reduce(([idle, all], { times }) => [idle + times.idle, all + times.idle + times.user + times.sys + times.nice + times.irq], [0, 0])
  const [idle, all] = times()
  await pause(2000)
  const [idleNow, allNow] = times()
  return Math.round(100 * (1 - (idleNow - idle) / (allNow - all)))
}

const round = number => number === null ? null : Number(number.toPrecision(5))

/** The figures of some works on one version of Node, as they are done. */
async function * measured (works, { node, contenders, options, busy }) {
  const place = await open({ node, contenders, services: works.some(({ work }) => work.services) })
  try {
    for (const { kind, work } of works) {
      tell(`${work.name} ...`)
      const figures = await require(kind.file).measure(work, place, options)
      for (const samples of Object.values(figures)) for (const name in samples) samples[name] = samples[name].map(round)
      yield { kind: kind.key, name: work.name, rounds: Math.max(...Object.values(figures).map(samples => Object.values(samples)[0].length)), busy, figures }
    }
  } finally {
    await place.close()
  }
}

/** A day's results so far; a work that is measured again takes the place of what was there. */
function save (date, contenders, major, node, result) {
  const folder = join(__dirname, 'results')
  const data = join(folder, `${date}.json`)
  mkdirSync(folder, { recursive: true })
  let day = { date, runs: {} }
  try { day = JSON.parse(readFileSync(data, 'utf8')) } catch { /* the first of the day */ }
  day.machine = `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`
  day.versions = { ...day.versions, ...Object.fromEntries(contenders.filter(({ version }) => version !== undefined).map(({ package: name, version }) => [name, version])) }
  const run = day.runs[major] ??= { node, results: [] }
  run.node = node
  const order = KINDS.flatMap(({ works }) => works.map(({ name }) => name))
  run.results = [...run.results.filter(({ name }) => name !== result.name), result].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  writeFileSync(data, `${JSON.stringify(day).replace(/\{"kind"/g, '\n$&')}\n`)
  writeFileSync(join(folder, `${date}.md`), page(day))
  writeFileSync(join(folder, `${date}-node${major}.svg`), plot(day, major))
}

async function main () {
  const { values, positionals: words } = parseArgs({
    allowPositionals: true,
    options: { beside: TEXT, node: TEXT, rounds: TEXT, count: TEXT, 'warm-up': TEXT, save: SWITCH, help: SWITCH }
  })
  if (values.help) return console.log(USAGE)
  const contenders = present(values.beside?.split(','))
  const nodes = values.node?.split(',') ?? (words.length === 0 ? NODES : [process.versions.node.split('.', 1)[0]])
  const plan = nodes.map(major => ({ major, works: chosen(words, words.length > 0 || major === WHOLE) }))
  const options = { rounds: Number(values.rounds ?? 9), count: number(values.count), warmUp: number(values['warm-up']) }
  let seconds = 0
  for (const { works } of plan) for (const { kind, work } of works) seconds += require(kind.file).seconds(work, { contenders }, options)
  tell(`${contenders.map(({ name }) => name).join(', ')}: this takes about ${Math.ceil(seconds / 60)} min`)
  const busy = await others()
  tell(`${busy} % of the machine have other work`)
  const date = new Date().toISOString().slice(0, 10)
  for (const { major, works } of plan) {
    const { path, version } = nodeOf(major)
    console.log(`# Node ${version}\n`)
    const results = []
    for await (const result of measured(works, { node: path, contenders, options, busy })) {
      results.push(result)
      console.log(`## ${result.name}\n${table(result)}\n`)
      if (values.save || words.length === 0) save(date, contenders, major, version, result)
    }
    console.log(`${goals({ [major]: { results } })}\n`)
  }
}
main().catch(error => {
  tell(error.message)
  process.exitCode = 1
})
