const { Client, Pool } = require('pg')

const nowhere = { host: '127.0.0.1', port: 1, database: 'shop' }
async function main () {
  const codes = []
  await new Client(nowhere).connect().catch(error => codes.push(error.code))
  const pool = new Pool({ ...nowhere, max: 1 })
  await Promise.all([1, 2].map(() => pool.query('SELECT 1').catch(error => codes.push(error.code))))
  console.log(codes.join(' '))
}
main()
