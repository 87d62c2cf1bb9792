// Sends the spans of a request. Then the collector goes down, as it is asked to; there is one more request, and the end that the first argument names.
// With a second argument the collector is back, as it is asked to, when that request's spans could not be sent.
const http = require('node:http')
const { flush, status } = require('autospan')
const [how, back] = process.argv.slice(2)
const { COLLECTOR_CONTROL } = process.env

const get = url => new Promise(resolve => http.get(url, { agent: false }, answer => answer.resume().on('close', resolve)))
const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', async () => {
  const own = `http://127.0.0.1:${server.address().port}/`
  await get(own)
  await flush()
  await get(`${COLLECTOR_CONTROL}/down`)
  await get(own)
  if (back !== undefined) {
    await new Promise(resolve => setTimeout(resolve, 300))
    await get(`${COLLECTOR_CONTROL}/up`)
  }
  console.log(Date.now(), status().exported)
  if (how === 'exit') process.exit(3)
  server.close()
})
