'use strict'
const { ask, stop } = require('./children')
const { Samples, settled, turns } = require('./turns')

const WARM_UP_SECONDS = 2
const SECONDS = 4
const MB = 2 ** 20

/** Latency, in µs, and the memory of the process, in MB: RSS after the load, and what is left of the heap after collections of garbage. Each sample is of a server of its own. */
exports.measure = async function measure (work, place, { rounds }) {
  const samples = new Samples()
  const { rate } = work
  await turns(rounds, place.contenders, async ({ name }) => {
    const [{ child, url }] = await place.servers(work, { flags: ['--expose-gc'], takes: taking => taking === name })
    await place.load({ url, rate, seconds: WARM_UP_SECONDS })
    const { p50, p99 } = await place.load({ url, rate, seconds: SECONDS })
    await settled()
    const { rss } = await ask(child, 'rss')
    const { heap } = await ask(child, 'heap')
    samples.add(name, { p50: p50 * 1000, p99: p99 * 1000, rss: rss / MB, heap: heap / MB })
    await stop([child])
  })
  return samples.figures
}

exports.seconds = (_, place, { rounds }) => place.contenders.length * rounds * (1.5 + WARM_UP_SECONDS + SECONDS)
