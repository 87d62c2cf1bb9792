import { cede, type Patch, type Tap } from '../src/patch'

/** dd-trace's tracer has an exporter only if it traces: switched off, or not initialised, a stand-in that does nothing has its place. */
function datadog (proxy: any): void {
  if (proxy?._tracer?._exporter !== undefined) cede('starts dd-trace')
}

function elastic (agent: any): void {
  if (agent.isStarted() === true && agent._conf.active === true) cede('starts Elastic\'s agent')
}

/** New Relic's agent starts as it is loaded; what is exported has no agent if it is switched off. */
function newrelic (api: any): void {
  if (api.agent != null) cede('starts New Relic\'s agent')
}

const initialised: Tap = { of: Proxy => Proxy.prototype, method: 'init', after: datadog }
const started: Tap = { of: Object.getPrototypeOf, method: 'start', after: elastic }

/** Each of them may have been started before autospan was: so one look when it is loaded, too. */
export const agents: Patch = {
  about: 'nothing: autospan steps back if the application starts dd-trace, Elastic\'s or New Relic\'s agent',
  parts: [
    { module: 'dd-trace', versions: '>=2', file: 'packages/dd-trace/src/proxy.js', tap: [initialised], loaded: () => datadog((globalThis as any)._ddtrace) },
    { module: 'elastic-apm-node', versions: '>=3', file: 'index.js', exports: '_instrumentation', tap: [started], loaded: elastic },
    { module: 'newrelic', versions: '>=6', file: 'index.js', exports: 'agent', loaded: newrelic }
  ]
}
