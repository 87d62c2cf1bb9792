const { ask } = require('./pool')

module.exports = async task => {
  await ask(task.port, task.path)
  return Object.keys(task)
}
