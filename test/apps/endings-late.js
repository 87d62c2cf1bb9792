// Ends a span wherever the end of a process may be heard of, and has more to do once.
const { trace } = require('@opentelemetry/api')
const span = name => trace.getTracer('late').startSpan(name).end()

let heard = 0
process.on('beforeExit', () => {
  span(`beforeExit ${++heard}`)
  if (heard > 2) process.exit(1)
  Promise.resolve().then(() => span(`promise ${heard}`))
  if (heard === 1) setTimeout(() => span('timer'), 10)
})
process.on('exit', () => span('exit'))
span('before')
