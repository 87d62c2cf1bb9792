// What an application can see of the functions of the libraries that are named, and of errors: one line each.
const http = require('node:http')

// What shimmer and a text of one's own add to a function is no enumerable property.
const HIDDEN = ['__original', '__unwrap', '__wrapped', 'toString', 'arguments', 'caller']
const isHolder = value => (typeof value === 'object' && value !== null) || typeof value === 'function'
const ownOf = value => JSON.stringify(Reflect.ownKeys(value).filter(key => !HIDDEN.includes(key) && (key !== 'prototype' || value.prototype !== undefined)).map(String))

function describe (path, value, flags) {
  const what = typeof value === 'function' ? `${value.name} ${value.length} ${ownOf(value)} ${typeof value.prototype} ${value}` : ''
  console.log(JSON.stringify(`${path} ${JSON.stringify(flags)} ${Object.prototype.toString.call(value)} ${Object.getPrototypeOf(Object(value))?.constructor?.name} ${what}`))
}
/** All that it has, inherited or its own. */
function members (path, object, then) {
  const known = new Set(HIDDEN)
  for (let holder = object; holder !== null && ![Object.prototype, Function.prototype].includes(holder); holder = Object.getPrototypeOf(holder)) {
    for (const key of Reflect.ownKeys(holder)) {
      if (known.has(key)) continue
      known.add(key)
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(holder, key)
      describe(`${path}.${String(key)}`, value, flags)
      if (isHolder(value)) then?.(`${path}.${String(key)}`, value)
    }
  }
}
const errors = () => ['stackTraceLimit', 'prepareStackTrace', 'captureStackTrace'].map(name => JSON.stringify(Object.getOwnPropertyDescriptor(Error, name)) ?? 'none')

console.log(errors().join())
for (const name of process.argv.slice(2)) members(name, require(name), (path, value) => members(path, value, (path, value) => { if (path.endsWith('.prototype')) members(path, value) }))
const server = http.createServer((req, res) => res.on('close', () => console.log(`received on a socket ${ownOf(req.socket)}`)).end()).listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port, agent: false }, answer => answer.resume().on('end', () => {
    server.close()
    console.log(`sent on a socket ${ownOf(answer.socket)}`)
    require('@opentelemetry/api').trace.getTracer('own').startSpan('own').end()
    console.log(errors().join())
  }))
})
