const http = require('node:http')

/** Serve, ask for each of `requests` ('GET /path') in turn, print what came back, and end. */
exports.ask = async function ask (handler, requests) {
  const server = http.createServer(handler)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  for (const request of requests) {
    const { status, body } = await exports.once(server.address().port, request)
    console.log(`${request} -> ${status} ${body}`)
  }
  server.close()
}

exports.once = (port, request) => new Promise((resolve, reject) => {
  const [method, path] = request.split(' ')
  http.request({ host: '127.0.0.1', port, method, path, agent: false }, res => {
    let body = ''
    res.setEncoding('utf8').on('data', text => { body += text }).on('end', () => resolve({ status: res.statusCode, body: body.split('\n')[0] }))
  }).on('error', reject).end()
})
