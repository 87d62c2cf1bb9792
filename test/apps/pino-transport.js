const pino = require('pino')

const log = pino({ base: null }, pino.transport({ target: 'pino/file', options: { destination: 1 } }))
require('./record')(step => log.info({ step }, 'transport'))
