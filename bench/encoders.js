'use strict'
const { ask, heard, start, stop } = require('./children')
const { ENCODERS } = require('./programs/encoders')
const { Samples, turns } = require('./turns')

const WARM_UPS = 15

/** What it takes to encode a batch, in ns of CPU a span, and how large a span is then. Each encoder has a process of its own. */
exports.measure = async function measure ({ size }, { node, contenders }, { rounds }) {
  const samples = new Samples()
  const here = contenders.map(({ name }) => name)
  const encoders = ENCODERS.filter(name => here.includes(name.split(',')[0]) || (name.startsWith('zipkin') && here.includes('OpenTelemetry')))
    .map(name => ({ name, child: start('programs/encoders.js', { execPath: node, execArgv: ['--expose-gc'], args: [name, String(size)] }) }))
  for (const { child } of encoders) await heard(child)
  for (let i = 0; i < WARM_UPS; i++) for (const { child } of encoders) await ask(child, 'encode')
  await turns(rounds, encoders, async ({ name, child }) => samples.add(name, await ask(child, 'encode')))
  await stop(encoders.map(({ child }) => child))
  return samples.figures
}

exports.seconds = (_, place, { rounds }) => 5 + ENCODERS.length * (rounds + WARM_UPS) * 0.12
