'use strict'
const { ask, stop } = require('./children')
const { goesOn } = require('./goals')
const { Samples, settled } = require('./turns')

const CONCURRENCY = 8
/** Some ten milliseconds: what else the machine does, and its host, mostly goes on for longer, and so hits all alike. */
const BURST = 100
/** Requests to each server before the first that counts: by then V8 has compiled what it will, of the application and of a tracer, also in its other threads, and what a request takes has become level. */
const WARM_UP = 30_000

/** Until nothing more comes to the sink. */
async function silent (place) {
  const bytes = async () => JSON.stringify(await place.received('bytes'))
  for (let before, now = await bytes(); now !== before; now = await bytes()) {
    before = now
    await settled()
  }
}

/** What each of the servers, and the sink, tells by now. */
async function read (place, servers) {
  const bytes = await place.received('bytes')
  const told = []
  for (const { name, child } of servers) told.push({ ...await ask(child, 'cpu'), bytes: bytes[name] })
  return told
}

/**
 * CPU by contender, in µs a request: of the process, and of its main thread, until the spans have been sent. Each round has servers of its own, for no two processes are compiled and laid out
 * alike: two rounds of the same ones would not be two samples. Each server gets the same number of requests, in short bursts in turns. Bytes and spans are of what a contender's sink has
 * received for a request.
 */
exports.measure = async function measure (work, place, { rounds, count = work.count, warmUp = WARM_UP }) {
  const samples = new Samples()
  for (let round = 0; round < rounds; round++) {
    const servers = await place.servers(work, { takes: name => goesOn(name, samples.figures.cpu, round) })
    const order = { urls: servers.map(({ url }) => url), count, burst: BURST, concurrency: CONCURRENCY }
    for (let done = 0; done < warmUp; done += count) await place.load(order)
    await silent(place)
    if (round === 0) {
      await place.received('keep')
      await place.load(order)
      await silent(place)
      const spans = await place.received('count')
      for (const { name } of servers) samples.add(name, { spans: spans[name] / count })
    }
    const before = await read(place, servers)
    await place.load(order)
    await settled()
    const after = await read(place, servers)
    for (const [i, { name }] of servers.entries()) {
      const each = figure => after[i][figure] === null ? null : (after[i][figure] - before[i][figure]) / count
      samples.add(name, { cpu: each('cpu'), main: each('main'), bytes: each('bytes') })
    }
    await stop(servers.map(({ child }) => child))
  }
  return samples.figures
}

/** Seconds that it will take, about. */
exports.seconds = (work, { contenders }, { rounds, count = work.count, warmUp = WARM_UP }) =>
  rounds * (2 + contenders.length * (0.8 + (warmUp + count) * (work.services ? 0.0007 : 0.0003)))
