// A runtime as AWS Lambda has one: asks the Runtime API for an invocation, calls the handler that _HANDLER names, tells what it answered, and asks for the next.
const http = require('node:http')
const { join } = require('node:path')

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env
const [file, name] = _HANDLER.split('.')
const handler = require(join(LAMBDA_TASK_ROOT, file))[name]

function ask (method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(`http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`, { method, agent: false }, async answer => {
      let text = ''
      for await (const chunk of answer) text += chunk
      resolve({ headers: answer.headers, text })
    })
    request.on('error', reject).end(body)
  })
}

async function main () {
  for (;;) {
    const { headers, text } = await ask('GET', 'next')
    const id = headers['lambda-runtime-aws-request-id']
    const context = {
      awsRequestId: id,
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now()
    }
    try {
      const value = await new Promise((resolve, reject) => {
        const out = handler(JSON.parse(text), context, (error, value) => error ? reject(error) : resolve(value))
        if (typeof out?.then === 'function') out.then(resolve, reject)
      })
      await ask('POST', `${id}/response`, JSON.stringify(value))
    } catch (error) {
      await ask('POST', `${id}/error`, JSON.stringify({ errorMessage: error.message, errorType: error.name }))
    }
  }
}
void main()
