// Rejections of calls to servers that are not there, which nobody has caught: of the libraries that are named.
const calls = {
  pg: () => { const { Client } = require('pg'); return new Client({ host: '127.0.0.1', port: 1 }).connect() },
  pool: () => { const { Pool } = require('pg'); return new Pool({ host: '127.0.0.1', port: 1 }).query('SELECT 1') },
  ioredis: () => { const Redis = require('ioredis'); return new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: null }).on('error', () => {}).get('key') },
  redis: () => { const { createClient } = require('redis'); return createClient({ url: 'redis://127.0.0.1:1', socket: { reconnectStrategy: false } }).on('error', () => {}).connect() },
  closed: () => require('redis').createClient().get('key'),
  undici: () => require('undici').request('http://127.0.0.1:1'),
  fetch: () => fetch('http://127.0.0.1:1'),
  bluebird: () => { const Bluebird = require('bluebird'); return Bluebird.delay(1).then(() => { throw new Error('of bluebird') }) }
}

process.on('exit', code => console.log('exit', code))
async function main () {
  for (const name of process.argv.slice(2)) {
    void calls[name]()
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  console.log('later')
}
main()
