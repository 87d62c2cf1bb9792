'use strict'
const { ask, stop } = require('./children')
const { Samples, lives, settled, turns } = require('./turns')

const SECONDS = 2
/** A slice is long: there are half as many of them as of others' blocks. */
const slices = rounds => Math.ceil(rounds / 2)
const MB = 2 ** 20

/** Latency, in µs, and the memory of the process, in MB: RSS after each slice of load, and what is left of the heap after collections of garbage when all is over. */
exports.measure = async function measure (work, place, options) {
  const samples = new Samples()
  const { rate } = work
  for (const rounds of lives(slices(options.rounds), options.lives)) {
    const servers = await place.servers(work, ['--expose-gc'])
    for (const { url } of servers) await place.load({ url, rate, seconds: SECONDS })
    await turns(rounds, servers, async ({ name, child, url }) => {
      const { p50, p99 } = await place.load({ url, rate, seconds: SECONDS })
      await settled()
      const { rss } = await ask(child, 'rss')
      samples.add(name, { p50: p50 * 1000, p99: p99 * 1000, rss: rss / MB })
    })
    for (const { name, child } of servers) samples.add(name, { heap: (await ask(child, 'heap')).heap / MB })
    await stop(servers.map(({ child }) => child))
  }
  return samples.figures
}

exports.seconds = (_, place, { rounds, lives }) => place.contenders.length * (Math.min(lives, rounds) * (1 + SECONDS) + slices(rounds) * (SECONDS + 0.4))
