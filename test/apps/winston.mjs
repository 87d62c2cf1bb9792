import winston from 'winston'
import record from './record.js'

const log = winston.createLogger({ transports: [new winston.transports.Stream({ stream: process.stdout })] })
record(step => log.info('plain', { step }))
