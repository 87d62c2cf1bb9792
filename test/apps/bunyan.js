const bunyan = require('bunyan')

const rings = new bunyan.RingBuffer({ limit: 100 })
const plain = bunyan.createLogger({ name: 'shop', serializers: { price: cents => `${cents / 100} EUR` } })
const raw = bunyan.createLogger({ name: 'raw', streams: [{ type: 'raw', stream: rings }] })
const given = {}

require('./record')(step => {
  plain.info({ step, price: 250 }, 'plain')
  plain.child({ module: 'orders' }).info({ step }, 'child')
  plain.child({ trace_id: 'mine' }, true).info({ step }, 'linked')
  plain.info({ step, span_id: 'mine' }, 'own')
  plain.error(new Error('failed'))
  plain.debug('quiet')
  raw.info(given, 'raw')
  console.log(JSON.stringify(rings.records.at(-1)))
  if (Object.keys(given).length !== 0) throw new Error('what was logged has changed')
})
