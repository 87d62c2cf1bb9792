'use strict'
const { BASE, FLOORS, OURS } = require('./contenders')
const { below, interval, median, paired } = require('./statistics')

const PROTOBUF = { ours: `${OURS}, OTLP protobuf`, theirs: 'OpenTelemetry, OTLP protobuf' }
/**
 * What autospan wants to reach. `share`: of what the best peer adds; `most`: over no tracing, or as such where that has no such figure; `exact`: seen once is enough.
 * `times`: so much less than another contender; `same`: not to be told from no tracing, if a difference of that share of it would show.
 */
const GOALS = [
  { about: 'CPU added to a request: express', work: 'express', figure: 'cpu', share: 0.2 },
  { about: 'CPU added to a request: express + pg + redis', work: 'express + pg + redis', figure: 'cpu', share: 0.2 },
  { about: 'CPU added to a request: express + fetch + pg + redis', work: 'express + fetch + pg + redis', figure: 'cpu', share: 0.2 },
  { about: 'CPU added to a request: express, 1 % sampled', work: 'express, 1 % sampled', figure: 'cpu', share: 0.15 },
  { about: 'CPU added to a request: express, sampled off', work: 'express, sampled off', figure: 'cpu', share: 0.15 },
  { about: 'CPU added to a request: express, disabled by switch', work: 'express, disabled', figure: 'cpu', same: 0.05 },
  { about: 'CPU added to the start of an empty program', work: 'start, an empty program', figure: 'ms', most: 12, unit: 'ms' },
  { about: 'CPU added to the start of express + pg + redis', work: 'start, express + pg + redis', figure: 'ms', most: 20, unit: 'ms' },
  { about: 'modules loaded at start', work: 'start, an empty program', figure: 'modules', most: 12, unit: 'modules' },
  { about: 'RSS added under load', work: 'express + pg + redis at 400 requests a second', figure: 'rss', most: 10, unit: 'MB' },
  { about: 'CPU to encode a span to OTLP protobuf', work: 'encode 10,000 spans', figure: 'ns', times: 4, unit: 'ns', ...PROTOBUF },
  { about: 'size of a span in OTLP protobuf', work: 'encode 10,000 spans', figure: 'bytes', times: 1, unit: 'bytes', ...PROTOBUF },
  { about: 'size of an installation', work: 'install', figure: 'mb', most: 2, unit: 'MB', exact: true }
]

/** What a contender adds to each round. */
const added = (samples, name) => samples[BASE] === undefined ? samples[name] : paired(samples[name], samples[BASE])

/** Whether it is somebody else's tracer. */
const isPeer = name => name !== BASE && name !== OURS && !FLOORS.includes(name)
/** The tracers that were measured in each round, but for autospan, the one that adds least first. */
function peersOf (samples) {
  const rounds = Math.max(...Object.values(samples).map(({ length }) => length))
  const peers = Object.keys(samples).filter(name => isPeer(name) && samples[name].length === rounds)
  return peers.sort((a, b) => median(added(samples, a)) - median(added(samples, b)))
}
/** The tracer that adds least, of all but autospan; undefined if no other was measured. */
const bestPeer = samples => peersOf(samples)[0]

/** Rounds that all take part in; then which peers are the best is clear, but not how far away they are. */
const OPEN = 3
/** Whether a contender takes part in a round, by the samples so far: of the peers only the two best after the first rounds. */
function goesOn (name, samples, round) {
  return round < OPEN || !isPeer(name) || peersOf(samples).slice(0, 2).includes(name)
}

/** The wish, what was seen, and whether that is met: true, false, or undefined if the samples do not tell. Undefined if it was not measured. */
function judge (goal, figures) {
  const samples = figures[goal.figure]
  const { ours = OURS, share, most, times, same, exact, unit, theirs } = goal
  if (samples?.[ours] === undefined) return undefined
  const mine = added(samples, ours)
  if (share !== undefined) {
    const peer = bestPeer(samples)
    if (peer === undefined) return undefined
    const best = added(samples, peer)
    const seen = `${(median(mine) / median(best)).toFixed(2)} of ${peer}: ${signed(median(mine))} of ${signed(median(best))} µs`
    return { wish: `at most ${share.toFixed(2)} of the best peer`, seen, met: below(mine.map((number, round) => number - share * best[round])) }
  }
  if (same !== undefined) {
    const [low, high] = interval(mine)
    const base = median(samples[BASE])
    const seen = `${signed(median(mine), 1)} µs, between ${signed(low, 1)} and ${signed(high, 1)}, of ${base.toFixed(0)}`
    return { wish: 'not to be told from no tracing', seen, met: low > 0 ? false : high < same * base ? true : undefined }
  }
  if (times !== undefined) {
    const other = samples[theirs]
    if (other === undefined) return undefined
    const wish = times === 1 ? 'no larger than OpenTelemetry\'s' : `${times} times faster than OpenTelemetry's`
    const seen = `${(median(other) / median(mine)).toFixed(2)} times: ${median(mine).toFixed(0)} against ${median(other).toFixed(0)} ${unit}`
    return { wish, seen, met: below(mine.map((number, round) => number * times - other[round])) }
  }
  const met = exact ? mine[0] <= most : below(mine.map(number => number - most))
  return { wish: `at most ${most} ${unit}`, seen: `${median(mine).toFixed(1)} ${unit}`, met }
}

const signed = (number, digits = 0) => `${number < 0 ? '' : '+'}${number.toFixed(digits)}`

module.exports = { GOALS, added, bestPeer, goesOn, judge, signed }
