// Sends itself the signal twice, and says which of its spans are recorded.
const { span } = require('autospan')
const isRecorded = () => span('work', s => s.isRecording())
const signalled = () => new Promise(resolve => {
  const alive = setInterval(() => {}, 1000)
  process.once('SIGUSR2', () => { clearInterval(alive); resolve() })
  process.kill(process.pid, 'SIGUSR2')
})
const main = async () => {
  const seen = [isRecorded()]
  for (let i = 0; i < 4; i++) {
    await signalled()
    seen.push(isRecorded())
  }
  console.log(seen.join())
}
main()
