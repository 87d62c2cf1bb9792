// Nothing may leave this program but what a mock answers.
const http = require('node:http')
const nock = require('nock')

nock.disableNetConnect()
const strangers = []
nock.emitter.on('no match', (request, options) => strangers.push(options?.host ?? request.host))
nock('http://shop.example').get('/orders/7').reply(200, 'mocked').get('/orders/8').replyWithError('out of stock')

const get = url => new Promise(resolve => {
  http.get(url, answer => {
    let text = ''
    answer.on('data', chunk => { text += chunk }).on('end', () => resolve(text))
  }).on('error', error => resolve(error.message))
})

async function main () {
  const texts = [await get('http://shop.example/orders/7'), await get('http://shop.example/orders/8')]
  process.on('exit', () => console.log([...texts, nock.isDone(), ...strangers].join()))
}
main()
