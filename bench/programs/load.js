'use strict'
// A program that loads what it is told of and ends.
const { started } = require('../apps/meter')

const before = process.cpuUsage()
for (const name of process.argv.slice(2)) require(name)
const { user, system } = process.cpuUsage(before)
process.on('exit', () => started({ loading: (user + system) / 1000 }))
