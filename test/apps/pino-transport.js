const pino = require('pino')

// From 7 on.
const destination = pino.transport === undefined ? pino.destination(1) : pino.transport({ target: 'pino/file', options: { destination: 1 } })
const log = pino({ base: null }, destination)
require('./record')(step => log.info({ step }, 'transport'))
