// Serves requests of its own, as many as the first argument says and so many milliseconds apart as the second one says, and goes on until what it has to send is away or given up.
// Prints how many answers were wrong, how many spans were held at once, and what became of all of them.
const http = require('node:http')
const { flush, status } = require('autospan')
const [count, pause] = process.argv.slice(2).map(Number)

let wrong = 0
let most = 0
const sum = numbers => Object.values(numbers).reduce((sum, number) => sum + number, 0)

function ask (port, i) {
  return new Promise(resolve => {
    http.get({ port, host: '127.0.0.1', agent: false, path: `/${i}` }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => { text += part }).on('close', () => resolve(answer.statusCode === 200 && text === `hello /${i}`))
    }).on('error', () => resolve(false))
  })
}

const server = http.createServer((req, res) => res.end(`hello ${req.url}`)).listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < count; i++) {
    if (!await ask(server.address().port, i)) wrong++
    const { ended, exported, dropped } = status()
    most = Math.max(most, ended - exported - sum(dropped))
    await new Promise(resolve => setTimeout(resolve, pause))
  }
  await flush()
  server.close()
  const { started, ended, exported, dropped } = status()
  console.log(JSON.stringify({ wrong, most, started, ended, exported, dropped }))
})
