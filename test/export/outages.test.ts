import assert from 'node:assert/strict'
import fs from 'node:fs'
import { beforeEach, test } from 'node:test'
import { tally } from '../../src/export/exporter'
import { Outages } from '../../src/export/outages'

const said: string[] = []
fs.writeSync = ((_: number, text: string) => said.push(text.replace('autospan: ', '').trimEnd())) as unknown as typeof fs.writeSync
let now = 0
let url = ''
let count = 0
// What was said is not said again: each test has a collector of its own.
beforeEach(() => { said.length = 0; now = 0; url = `http://collector-${++count}` })

test('each outage is a line, and each recovery, with what was lost in it', () => {
  const counts = tally()
  const outages = new Outages(url, counts, () => now)
  for (const lost of [0, 7, 0]) {
    outages.begin(`nobody listens at ${url}`, 'a way out')
    counts.dropped.expired += lost
    outages.begin('it is the same outage', 'a way out')
    now += 61_000
    outages.over()
    outages.over()
    counts.dropped.full++   // not in an outage
  }
  assert.deepEqual(said, [
    `nobody listens at ${url}; a way out`, `${url} takes spans again`,
    `nobody listens at ${url}; outage no. 2`, `${url} takes spans again after outage no. 2; spans lost meanwhile: 7`,
    `nobody listens at ${url}; outage no. 3`, `${url} takes spans again after outage no. 3`
  ])
})

test('of a collector that comes and goes every second one outage a minute is told, and how many were not', () => {
  const counts = tally()
  const outages = new Outages(url, counts, () => now)
  for (; now < 3600_000; now += 1000) {
    outages.begin('gone')
    counts.dropped.full += 2
    outages.over()
  }
  assert.equal(said.length, 120)
  assert.deepEqual(said.slice(0, 4), ['gone', `${url} takes spans again; spans lost meanwhile: 2`,
    'gone; outage no. 61, after 59 that were not told (spans lost: 118)', `${url} takes spans again after outage no. 61; spans lost meanwhile: 2`])
})
