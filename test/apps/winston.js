const winston = require('winston')

const stdout = () => new winston.transports.Stream({ stream: process.stdout })
const { combine, errors, json, printf } = winston.format
const plain = winston.createLogger({ format: json(), transports: [stdout()] })
const shaped = winston.createLogger({ format: combine(errors({ stack: false }), printf(({ level, ...rest }) => JSON.stringify(rest))), transports: [stdout()] })
const silent = winston.createLogger({ silent: true, transports: [stdout()] })
const again = Object.freeze({ kind: 'shared' })
const object = { level: 'info', message: 'object' }

require('./record')(step => {
  plain.info('plain', { step })
  plain.log('warn', 'meta', { step, again })
  plain.log(object)
  plain.info({ message: 'own', step, trace_id: 'mine' })
  plain.child({ module: 'orders' }).info('child', { step })
  plain.child({ trace_id: 'mine' }).info('linked', { step })
  shaped.info('shaped', { step })
  shaped.error(new Error('failed'))
  silent.info('silent')
  if ('trace_id' in object) throw new Error('what was logged has changed')
})
