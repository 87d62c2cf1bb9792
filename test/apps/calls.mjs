import autospan, { active, disable, enable, flush, setSampling, span, status, traced } from 'autospan'

const work = traced(function work () { return active()?.isRecording() })
console.log([autospan.span === span, flush, setSampling, disable, enable, status].map(value => typeof value).join())
work()
await flush()
process.exit(0)
