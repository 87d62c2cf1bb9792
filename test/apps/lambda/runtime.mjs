// A runtime as AWS Lambda has one (aws-lambda-ric 3.3): finds the handler that _HANDLER names, asks the Runtime API for an invocation, calls the handler,
// tells what it answered, and asks for the next.
import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
globalThis.awslambda = { streamifyResponse: handler => Object.assign(handler, { [STREAMING]: 'response' }) }

function isModule (folder) {
  const description = join(folder, 'package.json')
  return existsSync(description) ? JSON.parse(readFileSync(description)).type === 'module' : folder !== '/' && isModule(dirname(folder))
}

async function load (file) {
  if (existsSync(file)) return require(file)
  if (existsSync(`${file}.js`)) return isModule(dirname(file)) ? await import(`${file}.js`) : require(`${file}.js`)
  return existsSync(`${file}.mjs`) ? await import(`${file}.mjs`) : require(`${file}.cjs`)
}

const [, path, exported] = /^((?:.*\/)?[^/.]*)\.(.+)$/.exec(_HANDLER)
const handler = exported.split('.').reduce((nested, key) => nested[key], await load(join(LAMBDA_TASK_ROOT, path)))

function asking (method, path) {
  const request = http.request(`http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`, { method, agent: false })
  const answered = new Promise((resolve, reject) => {
    request.on('error', reject).on('response', async answer => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ headers: answer.headers, text })
    })
  })
  return { request, answered }
}
function ask (method, path, body) {
  const { request, answered } = asking(method, path)
  request.end(body)
  return answered
}

async function stream (id, event, context) {
  const { request, answered } = asking('POST', `${id}/response`)
  const out = handler(event, request, context)
  if (typeof out?.then !== 'function') throw new Error('Streaming does not support non-async handlers.')
  await out
  await answered
}

for (;;) {
  const { headers, text } = await ask('GET', 'next')
  const id = headers['lambda-runtime-aws-request-id']
  const context = {
    awsRequestId: id,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now()
  }
  try {
    if (handler[STREAMING] === 'response') {
      await stream(id, JSON.parse(text), context)
      continue
    }
    const value = await new Promise((resolve, reject) => {
      const done = (error, value) => error == null ? resolve(value) : reject(error)
      Object.assign(context, { done, succeed: value => { done(null, value) }, fail: error => { done(error ?? 'handled') } })
      const out = handler(JSON.parse(text), context, (error, value) => { done(error, value) })
      if (typeof out?.then === 'function') out.then(context.succeed, context.fail)
    })
    await ask('POST', `${id}/response`, JSON.stringify(value))
  } catch (error) {
    await ask('POST', `${id}/error`, JSON.stringify({ errorMessage: error.message, errorType: error.name }))
  }
}
