'use strict'
const { fork, spawnSync } = require('node:child_process')
const { once } = require('node:events')
const { mkdirSync, writeFileSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { Client } = require('pg')
const Redis = require('ioredis')
const { SERVICES } = require('../dist/test/services.js')
const { PEERS } = require('./peers.js')

const QUICK = process.argv.includes('--quick')
const ROUNDS = QUICK ? 2 : 6
const STARTS = QUICK ? 3 : 11
/** What is asked for, how often in a block, and the most that autospan is expected to add to it. */
const CASES = [
  { name: 'express', path: '/plain', count: QUICK ? 1000 : 4000, expected: 35 },
  { name: 'express + pg + ioredis', path: '/db', count: QUICK ? 700 : 2500, expected: 60 },
  { name: 'express + fetch + pg + ioredis', path: '/fetch', count: QUICK ? 500 : 1500, expected: 130 }
]
const PROGRAMS = [
  { name: 'an empty program', packages: [], expected: 25 },
  { name: 'a program that loads express, pg and ioredis', packages: ['express', 'pg', 'ioredis'], expected: 25 }
]
/** The longest that a block may take, in seconds, and how long after it the last spans may still be on their way, in milliseconds. */
const SECONDS = 3.5
const SETTLED = 1300

const ENV = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' }
const median = numbers => quantile(numbers, 0.5)
function quantile (numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  return sorted[Math.floor(at)] + (sorted[Math.ceil(at)] - sorted[Math.floor(at)]) * (at % 1)
}
const signed = number => `${number < 0 ? '' : '+'}${number.toFixed(0)}`
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const tell = text => process.stderr.write(`${text}\n`)

/** The next message of a child; an error if it ends instead. */
const heard = child => new Promise((resolve, reject) => {
  const ended = code => reject(new Error(`${child.spawnargs.slice(1).join(' ')} ended with ${code}`))
  child.once('exit', ended).once('message', message => { child.off('exit', ended); resolve(message) })
})
const ask = (child, question) => { child.send(question); return heard(child) }

const children = []
function start (file, args, options) {
  const child = fork(join(__dirname, file), args, { env: ENV, ...options })
  children.push(child)
  return child
}

/** What every peer adds to a program that starts: samples of { cpu, modules } by peer. The peers take turns. */
function measureStart ({ packages }, urls) {
  const samples = PEERS.map(() => [])
  for (let round = 0; round < STARTS; round++) {
    PEERS.forEach(({ name, flags, env }, peer) => {
      const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(__dirname, 'startup.js'), ...packages],
        { env: { ...ENV, ...env(urls[name]) }, encoding: 'utf8', timeout: 30_000 })
      const line = stdout.trim().split('\n').pop()
      if (!line.startsWith('{')) throw new Error(`${name}: ${stderr}`)
      samples[peer].push(JSON.parse(line))
    })
  }
  return samples
}

/** CPU of one block in µs per request, user and system, until its spans have been sent. */
async function block (app, client, { path, count }) {
  const cpu = async () => { const { cpu } = await ask(app.child, 'cpu'); return cpu.user + cpu.system }
  const before = await cpu()
  const { done, error } = await ask(client, { url: app.url + path, count, seconds: SECONDS })
  if (error !== undefined) throw new Error(error)
  await pause(SETTLED)
  return { cpu: (await cpu() - before) / done, done }
}

/** Samples of µs per request by peer, and the bytes that a request sent. The peers take turns, and each round another one begins. */
async function measure (test, apps, client, sink) {
  for (const app of apps) await block(app, client, test)
  const samples = PEERS.map(() => [])
  const requests = PEERS.map(() => 0)
  const before = await ask(sink, 'received')
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < PEERS.length; turn++) {
      const peer = (round + turn) % PEERS.length
      const { cpu, done } = await block(apps[peer], client, test)
      samples[peer].push(cpu)
      requests[peer] += done
    }
  }
  const after = await ask(sink, 'received')
  return { samples, bytes: PEERS.map(({ name }, peer) => (after[name] - before[name]) / requests[peer]) }
}

/**
 * A table of what each peer adds to no tracing: the median of the rounds' differences and their quartiles, as ratios too; and the difference between the
 * best rounds, for what else a machine has to do only ever makes a round dearer.
 */
function table ({ name, expected }, unit, samples, extra, extras) {
  const over = samples.map(numbers => numbers.map((number, round) => number - samples[0][round]))
  const added = over.map(median)
  const best = Math.min(...added.slice(2))
  const base = median(samples[0])
  const rows = PEERS.map((peer, i) => [
    peer.name, median(samples[i]).toFixed(0), i === 0 ? '' : signed(added[i]),
    i === 0 ? '' : `${signed(quantile(over[i], 0.25))}..${signed(quantile(over[i], 0.75))}`,
    i === 0 ? '' : signed(Math.min(...samples[i]) - Math.min(...samples[0])),
    (1 + added[i] / base).toFixed(2), i === 0 ? '' : (added[i] / best).toFixed(2), extras[i]
  ])
  const head = ['', `${unit}`, 'added', 'quartiles', 'in the best rounds', 'to no tracing', 'to the best peer', extra]
  const line = cells => `| ${cells.join(' | ')} |`
  return [`## ${name}`, `autospan is expected to add at most ${expected} ${unit.split(' ', 1)}.`, '',
    line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n')
}

async function main () {
  const services = []
  try {
    for (const name of ['postgres', 'redis']) services.push(await SERVICES[name]())
    const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, REDIS_HOST, REDIS_PORT } = Object.assign({}, ...services.map(({ env }) => env))
    Object.assign(ENV, { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, REDIS_HOST, REDIS_PORT })
    await fill()
    const sink = start('sink.js', PEERS.map(({ name }) => name))
    const { urls, backend } = await heard(sink)
    const date = new Date().toISOString().slice(0, 10)
    const versions = PEERS.filter(peer => peer.package).map(peer => `${peer.package} ${require(join(__dirname, 'node_modules', peer.package, 'package.json')).version}`)
    const report = [`# ${date}, Node ${process.versions.node}, ${availableParallelism()} cores`,
      `Beside ${versions.join(', ')}; ${ROUNDS} rounds of blocks that take turns, 16 requests at a time. CPU is user and system, of the server's process alone.`, '']
    const add = text => { console.log(text); report.push(text) }

    for (const program of PROGRAMS) {
      tell(`starting ${program.name}, ${STARTS} times each ...`)
      const samples = measureStart(program, urls)
      const modules = samples.map(runs => median(runs.map(run => run.modules)))
      add(table(program, 'ms CPU to start', samples.map(runs => runs.map(run => run.cpu)), 'modules loaded', modules))
    }
    const apps = []
    for (const { name, flags, env } of PEERS) {
      const child = start('app.js', [], { execArgv: flags, env: { ...ENV, ...env(urls[name]), BACKEND: backend } })
      apps.push({ child, url: `http://127.0.0.1:${(await heard(child)).port}` })
    }
    const client = start('load.js', [])
    for (const test of CASES) {
      tell(`${test.name}: ${ROUNDS} rounds of ${test.count} requests each ...`)
      const { samples, bytes } = await measure(test, apps, client, sink)
      add(table(test, 'µs CPU a request', samples, 'bytes sent a request', bytes.map(number => number.toFixed(0))))
    }
    if (QUICK) return
    mkdirSync(join(__dirname, 'results'), { recursive: true })
    writeFileSync(join(__dirname, 'results', `${date}.md`), `${report.join('\n').trimEnd()}\n`)
  } finally {
    await Promise.all(children.filter(child => child.connected).map(child => { child.disconnect(); return once(child, 'exit') }))
    for (const service of services) await service.stop()
  }
}

async function fill () {
  const client = new Client({ host: ENV.PGHOST, port: ENV.PGPORT, user: ENV.PGUSER, password: ENV.PGPASSWORD, database: ENV.PGDATABASE })
  await client.connect()
  await client.query("CREATE TABLE IF NOT EXISTS items AS SELECT id, 'item ' || id AS name FROM generate_series(0, 99) AS id")
  await client.end()
  const redis = new Redis(Number(ENV.REDIS_PORT), ENV.REDIS_HOST)
  await redis.mset(Object.fromEntries(Array.from({ length: 100 }, (_, id) => [`stock:${id}`, id])))
  redis.disconnect()
}
main()
