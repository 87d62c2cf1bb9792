'use strict'
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { BASE, OURS } = require('./contenders')
const { GOALS, added, bestPeer, judge, signed } = require('./goals')
const { KINDS } = require('./kinds')
const { interval, median, quantile } = require('./statistics')

const line = cells => `| ${cells.join(' | ')} |`
const grid = (head, rows) => [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
const spread = (numbers, show) => `${show(quantile(numbers, 0.25))}..${show(quantile(numbers, 0.75))}`

/** One cell; empty where there is no such figure. */
function cell (figures, name, { level, spread: range, added: over, ratio, exact = false, digits = 0 }) {
  const samples = figures[level ?? range ?? over ?? ratio]
  if (samples?.[name] === undefined || samples[name].includes(null)) return ''
  const plain = number => number.toFixed(digits)
  if (level !== undefined) return plain(median(samples[name]))
  if (range !== undefined) return spread(samples[name], plain)
  if (name === BASE) return ''
  const numbers = added(samples, name)
  if (over !== undefined && exact) return signed(median(numbers), digits)
  if (over !== undefined) return `${signed(median(numbers), digits)} (${spread(numbers, number => signed(number, digits))})${remark(samples, name)}`
  const peer = bestPeer(samples)
  const least = peer === undefined ? 0 : median(added(samples, peer))
  // Nothing is so many times nothing.
  return least <= 0 ? '' : exact || hasLeft(samples, name) || decided(numbers) ? (median(numbers) / least).toFixed(2) : '*'
}
/** Whether some differences can be told from none. */
function decided (numbers) {
  const [low, high] = interval(numbers)
  return low > 0 || high < 0 || low === high
}
/** Whether a contender was there for the first rounds only. */
const hasLeft = (samples, name) => samples[name].length < samples[OURS].length
/** A star where what a contender adds cannot be told from nothing; of one that left early, after how many rounds. */
const remark = (samples, name) => hasLeft(samples, name) ? `, ${samples[name].length} rounds` : decided(added(samples, name)) ? '' : ' *'

/** The table of a work: a row for each contender. Columns that have nothing to tell are left out. */
exports.table = function table ({ kind, figures }) {
  const { columns } = KINDS.find(({ key }) => key === kind)
  const names = Object.keys(Object.values(figures)[0])
  const told = columns.map(column => ({ head: column.head, cells: names.map(name => cell(figures, name, column)) }))
    .filter(({ cells }) => cells.some(text => text !== ''))
  return grid(['', ...told.map(({ head }) => head)], names.map((name, i) => [name === OURS ? `**${name}**` : name, ...told.map(({ cells }) => cells[i])]))
}

const VERDICTS = new Map([[true, 'met'], [false, '**not met**'], [undefined, 'not decided']])
/** The goals that something was measured for, and what each version of Node says of them. */
exports.goals = function goals (runs) {
  const majors = Object.keys(runs)
  const rows = GOALS.map(goal => {
    const verdicts = majors.map(major => {
      const result = runs[major].results.find(({ name }) => name === goal.work)
      return result === undefined ? undefined : judge(goal, result.figures)
    })
    const { wish } = verdicts.find(verdict => verdict !== undefined) ?? {}
    return wish === undefined ? undefined : [goal.about, wish, ...verdicts.map(verdict => verdict === undefined ? '' : `${VERDICTS.get(verdict.met)}: ${verdict.seen}`)]
  })
  const measured = rows.filter(row => row !== undefined)
  return measured.length === 0 ? '' : grid(['work', 'goal', ...majors.map(major => `Node ${major}`)], measured)
}

/** All of a day, as markdown. */
exports.page = function page ({ date, machine, versions, runs }) {
  const parts = Object.values(runs).flatMap(({ node, results }) =>
    [`## Node ${node}`, ...results.map(result => `### ${result.name}\n${result.rounds} rounds; before, ${result.busy} % of the machine had other work\n\n${exports.table(result)}`)])
  return [
    `# ${date}`,
    `${machine}. Beside ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    `CPU is user and system of the whole process. Contenders take turns in short bursts; what one adds is the median of its differences to no tracing in the same round,
with quartiles. Each round has processes of its own; of the peers, only the two that add least to a request go on after three rounds. A star says that this cannot be told from nothing: zero is within the 95 % interval of the median.
[docs/performance.md](../../docs/performance.md) says how it is measured; the samples are in ${date}.json.`,
    '## Goals', exports.goals(runs), ...parts
  ].join('\n\n') + '\n'
}

const SHORT = [
  { work: 'express', figure: 'cpu', unit: 'µs', about: 'a request to express' },
  { work: 'express + pg + redis', figure: 'cpu', unit: 'µs', about: 'the same with a query of pg and a command of ioredis' },
  { work: 'express + fetch + pg + redis', figure: 'cpu', unit: 'µs', about: 'the same with a fetch on top' },
  { work: 'express, 1 % sampled', figure: 'cpu', unit: 'µs', about: 'a request to express, 1 % sampled' },
  { work: 'start, an empty program', figure: 'ms', unit: 'ms', about: 'the start of an empty program' },
  { work: 'start, express + pg + redis', figure: 'ms', unit: 'ms', about: 'the start of express, pg and ioredis' },
  { work: 'express + pg + redis at 400 requests a second', figure: 'rss', unit: 'MB', about: 'memory (RSS) at 400 requests a second' },
  { work: 'install', figure: 'mb', unit: 'MB', digits: 1, about: 'an installation' }
]
/** For the README: the plot and a short table of the last day that was measured, on the first version of Node. */
exports.latest = function latest () {
  const folder = join(__dirname, 'results')
  const file = readdirSync(folder).filter(name => name.endsWith('.json')).sort().pop()
  const { date, machine, runs } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const [[major, { node, results }]] = Object.entries(runs)
  const found = SHORT.map(({ work, figure, ...rest }) => ({ ...rest, samples: results.find(({ name }) => name === work)?.figures[figure] }))
    .filter(({ samples }) => samples !== undefined)
  const names = Object.keys(found[0].samples).filter(name => name !== BASE)
  const rows = found.map(({ about, unit, samples, digits = 0 }) => [about, ...names.map(name => {
    // A part of the peers may have been measured by itself.
    if (samples[name] === undefined) return ''
    const numbers = added(samples, name)
    const show = number => number.toFixed(digits)
    return `${show(median(numbers))} ${unit}${numbers.length > 1 ? ` (${spread(numbers, show)})${remark(samples, name)}` : ''}`
  })])
  return `![What each tracer adds](bench/results/${date}-node${major}.svg)

Node ${node}, ${machine}, ${date}; more versions of Node and all figures are in [bench/results/${date}.md](bench/results/${date}.md).
CPU is user and system of the whole process; the median of the rounds, and its quartiles. A star: not to be told from nothing.

${grid(['added to', ...names], rows)}`
}
