const { createServer } = require('node:http')
const { request } = require('undici')

// Sends a body, and says whether it is still held when the answer has been read.
const server = createServer((req, res) => req.resume().on('end', () => res.end('ok'))).listen(0, '127.0.0.1', async () => {
  const send = async () => {
    const body = Buffer.from('a body')
    const answer = await request(`http://127.0.0.1:${server.address().port}`, { method: 'POST', body })
    await answer.body.text()
    return new WeakRef(body)
  }
  const sent = await send()
  for (let i = 0; i < 3; i++) {
    await new Promise(resolve => setTimeout(resolve, 10))
    gc()
  }
  console.log(sent.deref() === undefined ? 'released' : 'held')
  process.exit()
})
