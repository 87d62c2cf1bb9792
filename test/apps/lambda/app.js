// Handlers of all kinds; each asks another service first.
const http = require('node:http')

const ask = url => new Promise(resolve => http.get(url, { agent: false }, answer => answer.resume().on('close', () => resolve(answer.statusCode))))

exports.promised = async event => {
  const status = await ask(event.url)
  if (event.fails) throw new TypeError('on purpose')
  return { status, name: exports.promised.name, length: exports.promised.length }
}

exports.called = (event, context, callback) => {
  ask(event.url).then(status => callback(event.fails ? new TypeError('on purpose') : null, { status, name: exports.called.name, length: exports.called.length }))
}

// As it was before there were callbacks.
exports.done = (event, context) => {
  const { name, length } = context.done
  ask(event.url).then(status => context.done(event.fails ? new TypeError('on purpose') : null, { status, name, length }))
}
exports.succeeded = (event, context) => {
  ask(event.url).then(status => event.fails ? context.fail(new TypeError('on purpose')) : context.succeed({ status }))
}
exports.gaveUp = (event, context) => { ask(event.url).then(() => context.fail()) }

exports.thrown = event => {
  if (event.fails) throw new TypeError('on purpose')
  return ask(event.url).then(status => ({ status }))
}

// A promise of another library: it has what the runtime asks for.
exports.thenable = event => {
  const promise = ask(event.url).then(status => ({ status }))
  return { then: (...args) => promise.then(...args), catch: fail => promise.catch(fail) }
}

exports.late = async event => {
  await ask(event.url)
  await new Promise(resolve => setTimeout(resolve, 60_000))
}

// As bundlers write it.
Object.defineProperty(module.exports, 'fixed', { enumerable: true, get: () => fixed })
async function fixed (event) { return { status: await ask(event.url), name: fixed.name, length: fixed.length } }
