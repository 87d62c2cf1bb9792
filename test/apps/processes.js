// A request starts a process in every way that there is. Those that it waits for ask the server, by the path that they are given; the others print what they got.
const http = require('node:http')
const childProcess = require('node:child_process')
const { once } = require('node:events')

const ask = (port, path) => new Promise(resolve => http.get({ port, path, host: '127.0.0.1', agent: false }, answer => answer.resume().on('close', resolve)))
const GOT = 'process.env.TRACEPARENT + "," + process.env.TRACESTATE + "," + process.env.MINE'

if (process.argv[2] !== undefined) ask(process.argv[2], process.argv[3])
else {
  const mine = Object.freeze({ ...process.env, MINE: '1' })
  const heir = Object.create(mine)
  const own = { ...mine, TRACEPARENT: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
  const before = process.env.TRACEPARENT
  const { execPath: node } = process
  const ways = {
    spawn: args => childProcess.spawn(node, args, { env: mine }),
    execFile: args => childProcess.execFile(node, args),
    exec: args => childProcess.exec([node, ...args].join(' ')),
    fork: ([file, ...args]) => childProcess.fork(file, args),
    own: args => childProcess.spawn(node, args, { env: own })
  }
  const server = http.createServer(async (req, res) => {
    if (req.url === '/work') {
      for (const way in ways) await once(ways[way]([__filename, server.address().port, `/${way}`]), 'exit')
      console.log(String(childProcess.spawnSync(node, ['-p', GOT]).stdout).trim())
      console.log(childProcess.spawnSync(`${node} -p '${GOT}'`, { shell: true, env: mine, encoding: 'utf8' }).stdout.trim())
      console.log(childProcess.execFileSync(node, ['-p', GOT], { env: heir, encoding: 'utf8' }).trim())
      console.log(String(childProcess.execSync(`${node} -p '${GOT}'`)).trim())
      console.log(childProcess.execSync(`${node} -p '${GOT}'`, { env: own, encoding: 'utf8' }).trim())
      try { childProcess.spawnSync(node, [], 'no options') } catch (error) { console.log(error.code) }
      if (process.env.TRACEPARENT !== before) throw new Error('the environment has changed')
    }
    res.end()
  }).listen(0, '127.0.0.1', () => ask(server.address().port, '/work').then(() => server.close()))
}
