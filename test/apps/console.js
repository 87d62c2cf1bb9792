require('./record')(step => {
  console.log(JSON.stringify({ msg: 'log', step }))
  console.info('{ "msg": "spaces" }\n')
  console.warn(JSON.stringify({ msg: 'warn', inner: { trace_id: 'not at the top' } }))
  console.log('{}')
  console.log(JSON.stringify({ msg: 'own', trace_id: 'mine' }))
  for (const other of ['text', '{ no json }', '[1]', '{"a":1} {"b":2}', { object: 1 }, 7]) console.log(other)
  console.log('{"format":"%s"}', step)
})
