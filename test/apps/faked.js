// A test with faked timers and clocks that nobody moves.
const http = require('node:http')

const waiting = {
  sinon () {
    const clock = require('@sinonjs/fake-timers').install({ now: 0, toNotFake: ['nextTick', 'queueMicrotask'] })
    return () => clock.countTimers()
  },
  node () {
    require('node:test').mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: 0 })
    return () => 0
  }
}[process.argv[2]]()

const server = http.createServer((req, res) => res.end(new Date().toISOString())).listen(0, '127.0.0.1', () => {
  http.get(`http://127.0.0.1:${server.address().port}`, answer => {
    answer.on('data', text => console.log(`${text} ${waiting()}`)).on('end', () => server.close())
  })
})
