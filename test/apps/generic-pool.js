const { createPool } = require('generic-pool')
const { ask } = require('./ask')

const pool = createPool({ create: async () => ({}), destroy: async () => {} }, { max: 1 })
void ask(async (req, res) => {
  const resource = await pool.acquire()
  res.end('acquired')
  await pool.release(resource)
}, ['GET /']).then(() => pool.drain()).then(() => pool.clear())
