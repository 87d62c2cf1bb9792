const winston = require('winston')

const stdout = () => new winston.transports.Stream({ stream: process.stdout })
const { json, printf } = winston.format
const plain = winston.createLogger({ format: json(), transports: [stdout()] })
const shaped = winston.createLogger({ format: printf(({ level, message, status, ...rest }) => JSON.stringify({ message, status, ...rest })), transports: [stdout()] })
const silent = winston.createLogger({ silent: true, transports: [stdout()] })
const again = Object.freeze({ kind: 'shared' })
const object = { level: 'info', message: 'object' }
// What a copy of them says of itself would throw.
class Teapot extends Error {
  #status = 418
  get status () { return this.#status }
}
const teapot = new Teapot('teapot')
const aborted = new DOMException('aborted', 'AbortError')

require('./record')(step => {
  plain.info('plain', { step })
  plain.log('warn', 'meta', { step, again })
  plain.log(object)
  plain.info({ message: 'own', step, trace_id: 'mine' })
  // winston 3.0 has no children.
  if (plain.child === undefined) plain.child = meta => ({ info: (message, more) => plain.info(message, { ...meta, ...more }) })
  plain.child({ module: 'orders' }).info('child', { step })
  plain.child({ trace_id: 'mine' }).info('linked', { step })
  shaped.info('shaped', { step })
  shaped.error(new Error('failed'))
  shaped.error(teapot)
  shaped.error(aborted)
  silent.info('silent')
  for (const logged of [object, teapot, aborted]) if ('trace_id' in logged) throw new Error('what was logged has changed')
})
