// Queries of mysql and mysql2 on connections that others have opened. MYSQL_HOST and MYSQL_PORT name a server; else mysql2 has one.
const mysql = require('mysql')
const mysql2 = require('mysql2')
const { serve } = require('./ways')

/** What mysql2 answers as a server: one row, or an error to what is no SELECT. */
function answer (connection) {
  // Each answer counts its packets from 1 on, each command from 0.
  const packets = write => { connection.sequenceId = 1; write(); connection.sequenceId = 0 }
  connection.serverHandshake({
    protocolVersion: 10, serverVersion: '5.6.10', connectionId: 1, statusFlags: 2, characterSet: 8, capabilityFlags: 0xffffff ^ 0x800,
    authCallback (_, done) { done(); connection.sequenceId = 0 }
  })
  connection.on('error', () => {}).on('quit', () => connection.stream.end()).on('ping', () => packets(() => connection.writeOk())).on('query', text => packets(() => {
    if (!text.startsWith('SELECT')) return connection.writeError({ code: 1064, message: 'no such thing' })
    connection.writeTextResult([{ one: 1 }], [{
      catalog: 'def', schema: 's', table: 't', orgTable: 't', name: 'one', orgName: 'one', characterSet: 33, columnLength: 1, columnType: 253, flags: 129, decimals: 0
    }])
  }))
}

const { MYSQL_HOST = '127.0.0.1', MYSQL_PORT, MYSQL_USER = 'any', MYSQL_PASSWORD = '' } = process.env
const server = mysql2.createServer(answer)
if (MYSQL_PORT === undefined) server.listen(0, '127.0.0.1', main)
else main()

async function main () {
  const port = MYSQL_PORT ?? server._server.address().port
  const options = { host: MYSQL_HOST, port, user: MYSQL_USER, password: MYSQL_PASSWORD, connectionLimit: 2 }
  const pools = { mysql: mysql.createPool(options), mysql2: mysql2.createPool(options) }

  const ways = {}
  for (const [name, pool] of Object.entries(pools)) {
    const called = then => new Promise((resolve, reject) => then((error, value) => error ? reject(error) : resolve(value)))
    Object.assign(ways, {
      [`${name}: the callback of a pool's query`]: ask => new Promise(resolve => pool.query('SELECT 1 AS one', () => resolve(ask()))),
      [`${name}: the callback of an error`]: ask => new Promise(resolve => pool.query('NONSENSE', error => { if (error) resolve(ask()) })),
      [`${name}: who waits for a connection`]: ask => new Promise(resolve => pool.getConnection((_, connection) => { connection.release(); resolve(ask()) })),
      [`${name}: the callback of a connection's query`]: async ask => {
        const connection = await called(done => pool.getConnection(done))
        await new Promise(resolve => connection.query('SELECT 1 AS one', () => resolve(ask())))
        connection.release()
      },
      [`${name}: a row, as an event`]: ask => new Promise(resolve => pool.query('SELECT 1 AS one').on('result', () => resolve(ask()))),
      [`${name}: the end, as an event`]: ask => new Promise(resolve => pool.query('SELECT 1 AS one').on('end', () => resolve(ask()))),
      [`${name}: a row, of a stream`]: ask => new Promise(resolve => pool.query('SELECT 1 AS one').stream().on('data', () => resolve(ask())))
    })
  }
  ways['mysql2: a promise'] = async ask => { await pools.mysql2.promise().query('SELECT 1 AS one'); await ask() }

  await serve(ways)
  for (const pool of Object.values(pools)) pool.end()
  if (MYSQL_PORT === undefined) server.close()
}
