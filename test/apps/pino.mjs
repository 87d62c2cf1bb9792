import pino from 'pino'
import record from './record.js'

const log = pino({ base: null })
record(step => log.info({ step }, 'plain'))
