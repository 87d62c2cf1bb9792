const pino = require('pino')
const { PassThrough } = require('node:stream')

const stdout = pino.destination({ sync: true })
const plain = pino({ base: null }, stdout)
const child = plain.child({ module: 'orders', inner: { trace_id: 'not at the top' } })
const linked = plain.child({ trace_id: 'mine' })
const shaped = pino({
  base: { app: 'shop' },
  messageKey: 'message',
  timestamp: false,
  mixin: () => ({ mixed: true }),
  formatters: { level: label => ({ level: label }), bindings: ({ app }) => ({ app }), log: ({ secret, ...rest }) => rest },
  serializers: { price: cents => `${cents / 100} EUR` }
}, stdout)
const nested = pino({ base: null, nestedKey: 'payload' }, stdout)
// From 7 on.
const several = pino.multistream === undefined ? plain : pino({ base: null }, pino.multistream([{ stream: stdout }, { stream: new PassThrough().resume() }]))
const quiet = pino({ level: 'error' }, stdout)

require('./record')(step => {
  const given = { step }
  plain.info(given, 'plain')
  child.info({ step, trace_id: undefined }, 'child')
  linked.info({ step }, 'linked')
  plain.info({ step, span_id: 'mine' }, 'own')
  shaped.info({ step, price: 250, secret: 1 }, 'shaped')
  nested.info({ step, trace_id: 'inside' }, 'nested')
  plain.error(Object.assign(new Error('failed'), { stack: undefined }))
  plain.info({ step, text: '"trace_id":1}' }, 'text "trace_id":"x"')
  several.info({ step }, 'several')
  quiet.info({ step }, 'quiet')
  if (Object.keys(given).length !== 1) throw new Error('what was logged has changed')
})
