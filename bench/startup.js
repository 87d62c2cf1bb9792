'use strict'
// A program that loads the packages it is told of and ends: what it cost, in ms of CPU, and how many modules there were.
for (const name of process.argv.slice(2)) require(name)
process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  require('node:fs').writeSync(1, `${JSON.stringify({ cpu: (user + system) / 1000, modules: Object.keys(require.cache).length - 1 })}\n`)
})
