const { Piscina } = require('piscina')
const { serve } = require('./pool')

const useAtomics = process.argv[2] === 'atomics'
const pool = new Piscina({ filename: require.resolve('./pool-task'), maxThreads: 1, useAtomics, atomics: useAtomics ? 'sync' : 'disabled' })
serve(task => pool.run(task), () => new Promise(resolve => setTimeout(resolve, 500)).then(() => pool.destroy()))
