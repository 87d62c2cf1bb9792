'use strict'
const { ask, stop } = require('./children')
const { Samples, lives, settled, turns } = require('./turns')

// Few at a time: with many the server takes them in batches, whose size depends on what else the machine does, and with it the cost of a request.
const CONCURRENCY = 4
/** The longest that a block may take, in seconds. */
const SECONDS = 3
const WARM_UPS = 2

/** What a block costs, in µs of CPU a request, until its spans have been sent: of the process, and of its main thread. */
async function block (place, { child, url }, count) {
  const before = await ask(child, 'cpu')
  const { done } = await place.load({ url, count, concurrency: CONCURRENCY, seconds: SECONDS })
  await settled()
  const after = await ask(child, 'cpu')
  return { cpu: (after.cpu - before.cpu) / done, main: after.main === null ? null : (after.main - before.main) / done, done }
}

/** Until nothing more comes to the sink. */
async function silent (place) {
  const bytes = async () => JSON.stringify(await place.received('bytes'))
  for (let before, now = await bytes(); now !== before; now = await bytes()) {
    before = now
    await settled()
  }
}

/** CPU by contender: short blocks in turns. Bytes and spans are of what a contender's sink has received for a request. */
exports.measure = async function measure (work, place, options) {
  const samples = new Samples()
  const count = options.count ?? work.count
  for (const [life, rounds] of lives(options.rounds, options.lives).entries()) {
    const servers = await place.servers(work)
    const done = {}
    for (let i = 0; i < WARM_UPS; i++) {
      const last = i === WARM_UPS - 1
      if (last && life === 0) await place.received('keep')
      for (const server of servers) done[server.name] = (await block(place, server, count)).done
    }
    if (life === 0) {
      await silent(place)
      const spans = await place.received('count')
      for (const { name } of servers) samples.add(name, { spans: spans[name] / done[name] })
    }
    await turns(rounds, servers, async server => {
      const before = await place.received('bytes')
      const { cpu, main, done } = await block(place, server, count)
      const after = await place.received('bytes')
      samples.add(server.name, { cpu, main, bytes: (after[server.name] - before[server.name]) / done })
    })
    await stop(servers.map(({ child }) => child))
  }
  return samples.figures
}

/** Seconds that it will take, about. */
exports.seconds = (_, place, { rounds, lives }) => place.contenders.length * (Math.min(lives, rounds) * (0.8 + WARM_UPS * 0.9) + rounds * 0.8)
