const { createClient } = require('redis')

const url = database => `redis://${process.env.REDIS_HOST}:${process.env.REDIS_PORT}/${database}`
const SCRIPT = 'return {KEYS[1], ARGV[1]}'
const both = {
  SCRIPT,
  SHA1: require('node:crypto').createHash('sha1').update(SCRIPT).digest('hex'),
  NUMBER_OF_KEYS: 1,
  FIRST_KEY_INDEX: 1,
  // Releases 4 and 5 ask for arguments in different ways.
  transformArguments: (key, value) => [key, value],
  parseCommand (parser, key, value) { parser.pushKey(key); parser.push(value) },
  transformReply: reply => reply
}

async function main () {
  const client = createClient({ url: url(2), scripts: { both } })
  await client.connect()
  await client.scriptLoad(SCRIPT)
  await client.set('name', 'Ann')
  await client.get('name')
  await client.lPush('name', 'Bob').catch(() => {})
  await client.mSet([['one', '1'], ['two', '2']])
  await client.lPush('list', 'item')
  await client.blPop('list', 5)
  await client.hSet('hash', { field: 'value' })
  await client.multi().set('one', '1').get('one').execAsPipeline()
  await client.multi().get('one').get('two').execAsPipeline()
  await client.multi().incr('one').incr('two').exec()
  await client.multi().incr('name').get('one').exec().catch(() => {})
  await client.both('one', 'secret')
  await client.eval(SCRIPT, { keys: ['one'], arguments: ['secret'] })
  await client.sendCommand(['get', 'one'])
  await client.sendCommand(['BOGUS', 'secret']).catch(() => {})
  await client.select(3)
  await client.dbSize()
  await client.quit()
  await client.get('too late').catch(() => {})
}
main()
