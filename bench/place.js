'use strict'
const { join } = require('node:path')
const { ask, heard, start, stop } = require('./children')
const { settings } = require('./contenders')

/** What the measured processes have of this one's environment. */
const ENV = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' }

/**
 * Where all of it runs: the program of node that is measured, the sink of each contender, the client, and Postgres and Redis with something in them if they are wanted.
 * What is not measured runs on the node that runs the bench.
 */
exports.open = async function open ({ node, contenders, services: wanted }) {
  const services = []
  const env = { ...ENV }
  const close = async () => {
    await stop()
    for (const service of services) await service.stop()
  }
  try {
    if (wanted) {
      const { SERVICES } = require('../dist/test/services.js')
      for (const name of ['postgres', 'redis']) services.push(await SERVICES[name]())
      for (const service of services) for (const name in service.env) if (/^(PG|REDIS_)/.test(name)) env[name] = service.env[name]
      await fill(env)
    }
    const sink = start('sink.js', { args: contenders.map(({ name }) => name) })
    const { ports, backend } = await heard(sink)
    env.BACKEND = `http://127.0.0.1:${backend}`
    const client = start('load.js')
    const flagsOf = ({ flags, esm = flags }, isModule) => isModule ? esm : flags
    const envOf = (contender, mode, flush) => ({ ...env, ...settings(contender, mode, ports[contender.name], flush) })

    return {
      node,
      contenders,
      close,
      /** What the client has to tell of an order. */
      async load (order) {
        const told = await ask(client, order)
        if (told.error !== undefined) throw new Error(told.error)
        return told
      },
      /** What the sink knows, by contender. */
      received: question => ask(sink, question),
      /** How a contender starts: flags and environment; in a mode, as ES modules, sending so often (ms). */
      terms: (contender, { mode, esm, flush } = {}) => ({ flags: flagsOf(contender, esm), env: envOf(contender, mode, flush) }),
      /** What is tried first of a contender; false, and a line about it, if that fails: some do not know some versions of Node. No tracing must not fail. */
      tried ({ name, package: tracer }, first) {
        try {
          first()
          return true
        } catch (error) {
          if (tracer === undefined) throw error
          process.stderr.write(`${name} is left out: ${/^\w*Error.*/m.exec(error.message)?.[0] ?? error.message}\n`)
          return false
        }
      },
      /** A server of each contender that knows the mode, and takes part, one after another; they are idle until somebody asks. */
      async servers ({ app, path, mode, signal }, { flags = [], takes = () => true } = {}) {
        const taking = contenders.filter(({ name, modes }) => (mode === undefined || modes[mode] !== undefined) && takes(name))
        const servers = []
        for (const contender of taking) {
          const execArgv = [...flags, ...flagsOf(contender)]
          const child = start(join('apps', app), { execPath: node, execArgv, env: envOf(contender, mode), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
          const { port } = await heard(child)
          if (signal !== undefined && contender.package !== undefined) child.kill(signal)
          servers.push({ name: contender.name, child, url: `http://127.0.0.1:${port}${path}` })
        }
        return servers
      }
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function fill (env) {
  const { Client } = require('pg')
  const Redis = require('ioredis')
  const client = new Client({ host: env.PGHOST, port: env.PGPORT, user: env.PGUSER, password: env.PGPASSWORD, database: env.PGDATABASE })
  await client.connect()
  await client.query("CREATE TABLE IF NOT EXISTS items AS SELECT id, 'item ' || id AS name FROM generate_series(0, 99) AS id")
  await client.end()
  const redis = new Redis(Number(env.REDIS_PORT), env.REDIS_HOST)
  await redis.mset(Object.fromEntries(Array.from({ length: 100 }, (_, id) => [`stock:${id}`, id])))
  redis.disconnect()
}
