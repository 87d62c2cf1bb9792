// An answer of a language model, a mock, that calls a tool; the model and the tool ask the server, as real ones do.
import { createServer } from 'node:http'
import { generateText, jsonSchema, stepCountIs, tool } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'

const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } }
const steps = [
  { finishReason: { unified: 'tool-calls' }, content: [{ type: 'tool-call', toolCallId: '1', toolName: 'weather', input: '{"city":"Rome"}' }] },
  { finishReason: { unified: 'stop' }, content: [{ type: 'text', text: 'sunny' }] }
]
const model = new MockLanguageModelV3({
  async doGenerate () {
    await fetch(`${url}/model`)
    return { usage, warnings: [], ...steps.shift() }
  }
})
const weather = tool({ inputSchema: jsonSchema({ type: 'object' }), execute: async () => (await fetch(`${url}/tool`)).text() })

const server = createServer(async (req, res) => {
  if (req.url !== '/ask') return res.end()
  const { text } = await generateText({ model, tools: { weather }, stopWhen: stepCountIs(2), prompt: 'How is the weather?', experimental_telemetry: { isEnabled: true } })
  res.end(text)
})
await new Promise(listening => server.listen(0, '127.0.0.1', listening))
const url = `http://127.0.0.1:${server.address().port}`
console.log(await (await fetch(`${url}/ask`)).text())
server.closeAllConnections()
server.close()
