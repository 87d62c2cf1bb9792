// Handlers of an ES module.
import { get } from 'node:http'

const ask = url => new Promise(resolve => get(url, { agent: false }, answer => answer.resume().on('close', () => resolve(answer.statusCode))))

export const imported = async event => {
  const status = await ask(event.url)
  if (event.fails) throw new TypeError('on purpose')
  return { status, name: imported.name, length: imported.length, file: import.meta.url.split('/').pop() }
}

export const streamed = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('{"status":')
  stream.end(`${await ask(event.url)}}`)
})

export const nested = { deep: { handler: async event => ({ status: await ask(event.url) }) } }

export default async function (event) { return { status: await ask(event.url) } }
