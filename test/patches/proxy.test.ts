import { traces } from '../helper'

// Not among the tests of all versions: undici 5 asks the proxy itself for what is not https.
traces('undici: through a ProxyAgent, with the tunnel that it needs', 'undici.js', `
GET  client  http.response.status_code=200
  GET  server  http.response.status_code=200
CONNECT  client  http.response.status_code=200
  CONNECT  server  http.response.status_code=200`, { show: ['http.response.status_code'], args: ['proxy'] })
