import { traces } from '../helper'

const PICTURES: Record<string, string> = {
  'active span replacement': `
initial  internal
  for the initial one  internal
task  internal
  subtask  internal`,
  'client and server': `
send  client
  receive  server`,
  'common request handler': `
parent one  internal
  send one  client
parent two  internal
  send two  client
send alone  client`,
  'late span finish': `
parent  internal
  task 1  internal
  task 2  internal`,
  'listener per request': `
send one  client  answer=one: answered
parent  internal
  send two  client  answer=two: answered`,
  'multiple callbacks': `
parent  internal
  task 1  internal
  task 2  internal
  task 3  internal`,
  'nested callbacks': `
one  internal  key1=1  key2=2  key3=3`,
  'subtask span propagation': `
task  internal
  subtask  internal`
}

for (const [scenario, picture] of Object.entries(PICTURES)) {
  traces(`OpenTracing's testbed: ${scenario}`, 'testbed.js', picture, { args: [scenario], show: ['answer', 'key1', 'key2', 'key3'] })
}
