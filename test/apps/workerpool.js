const workerpool = require('workerpool')
const { serve } = require('./pool')

const pool = workerpool.pool(require.resolve('./workerpool-task'), { maxWorkers: 1, workerType: process.argv[2] })
serve(task => pool.exec('run', [task]), () => new Promise(resolve => setTimeout(resolve, 500)).then(() => pool.terminate()))
